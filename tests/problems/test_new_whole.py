"""From a table to a version: `retrain new`, and then the whole way, on a bare remote.

Nothing is edited by hand but what a change is.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import Run, set_params
from tests.e2e.act import LANDED
from tests.e2e.forge.server import Forge
from tests.e2e.github_runner import GitHub
from tests.e2e.gitlab_runner import GitLab
from tests.problems.test_swap import YOURS, Project
from tests.retrain.new import samples
from tests.toys import toys


def begun(name: str, folder: Path, run: Run, table: Path, *options: str) -> Project:
    """Return a clone of a bare remote in which a project was made of a table, and committed."""
    toys.checkout(folder / "template", run)
    toys.do(run, folder, "git clone -q --bare template remote.git")
    project = Project(name, toys.clone(folder / "remote.git", folder / "clone", run), run)
    project.do(f"retrain new {table} {' '.join(options)}")
    project.commit("Our own problem")
    return project


def build_and_land(project: Project) -> None:
    project.do("retrain run", f"{YOURS} tests/model", "retrain land")
    project.assert_registered("v1.0.0")
    assert project.do("git status --porcelain") == ""


@pytest.mark.slow
def test_a_number_by_time(tmp_path: Path, run: Run) -> None:
    rows = pd.read_csv(samples.HOURS)
    month, table = rows["time"].str[:7], tmp_path / "bikes.csv"
    rows[month < "2011-11"].to_csv(table, index=False)
    project = begun("bikes", tmp_path, run, table, "--target bikers --time time")
    build_and_land(project)

    project.do("retrain replay --through 2011-04")
    replayed = json.loads((project.folder / "replay.json").read_text())
    assert (replayed["first"], replayed["last"]) == ("2011-03", "2011-04")
    never, monthly, *_ = replayed["courses"]
    assert [sum(month["trained"] for month in each["months"]) for each in (never, monthly)] == [
        0,
        1,
    ]
    assert never["figures"].keys() == {"mean_absolute_error", "root_mean_squared_error"}

    set_params(project.folder, max_iter="300")
    project.do("retrain judge")
    assert project.verdict()["verdict"] in ("promote", "keep")
    assert " bikers off, instead of " in project.report()
    project.do("git checkout -q .")

    rows[month < "2011-12"].to_csv(table, index=False)
    said = project.do("retrain ingest")
    assert said.startswith("added 2011-11; data/ holds 2011-01 to 2011-11")
    assert "no alarm: 719 rows, 2011-11-01 to 2011-11-30" in project.do("retrain drift")
    warm = pd.read_parquet(project.folder / "data/2011-11.parquet")
    warm.assign(temp=warm["temp"] * 1.8 + 32).to_parquet(tmp_path / "fahrenheit.parquet")
    done = project.run("retrain", "drift", "--current", str(tmp_path / "fahrenheit.parquet"))
    assert done.returncode == 3, done.stderr
    found = json.loads((project.folder / "drift.json").read_text())
    assert {each["feature"] for each in found["alarms"]} == {"temp"}
    project.do("retrain judge")
    assert "| `2011-11` | 719 | " in project.report()
    assert project.verdict()["champion"]["kind"] == "data"
    assert "On 719 rows (2011-11), that " in project.report()
    project.do("retrain land")
    assert project.do("git log --format=%s -1 origin/main -- data.dvc")


@pytest.mark.slow
def test_classes_by_hash(tmp_path: Path, run: Run) -> None:
    project = begun("iris", tmp_path, run, samples.flowers(tmp_path), "--target species")
    build_and_land(project)
    set_params(project.folder, max_iter="20")
    project.do("retrain judge")
    found = project.verdict()
    assert (found["task"], found["champion"]["left_out"]) == ("multiclass", 0)
    assert " get the right class" in project.report()
    project.do("git checkout -q .")
    assert_both_forges_land(project, tmp_path, run)


def assert_both_forges_land(project: Project, folder: Path, run: Run) -> None:
    """Assert that the files of both forges, as they are in the copy, land a merged change."""
    remote = folder / "remote.git"
    # the packages are those of these tests: an installation a job says nothing of the files
    text = (toys.TOY / "environment.py").read_text()
    (project.folder / "tools/environment.py").write_text(text)
    project.commit("No installation")
    with Forge(folder, remote, private=True) as forge:
        for runner in (GitHub, GitLab):
            (project.folder / "src/pipeline/train.py").open("a").write(f"# {runner.__name__}\n")
            project.commit(f"Merged at {runner.__name__}")
            project.do("git push -q")
            done = runner(folder / runner.__name__, forge, remote, run).merged()
            assert done.jobs == LANDED, done.end
            project.do("git pull -q")
            assert project.do("git log --format=%s -1").startswith("Land a run: ")


@pytest.mark.slow
def test_two_values_by_hash_of_a_table_that_grows(tmp_path: Path, run: Run) -> None:
    table = samples.tumours(tmp_path)
    every = pd.read_parquet(table)
    every[:500].to_parquet(table, index=False)
    project = begun("tumours", tmp_path, run, table, "--target diagnosis")
    build_and_land(project)
    every.to_parquet(table, index=False)
    assert project.do("retrain ingest").startswith("added tumours; data/ holds tumours")
    project.do("retrain judge")
    assert project.verdict()["champion"]["kind"] == "data"
    assert "malignant" in project.report()
