"""Another problem in place of the flights: five files, and then the whole way, on a bare remote."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from retrain.files import place
from tests.conftest import ROOT, Run, set_params
from tests.toys import toys

Swap = Callable[[str, Path], None]
# what a user's own tests are after the swap
YOURS = "python -m pytest -q -p no:cacheprovider -p no:xdist tests/pipeline"


class Project:
    """A clone in which a user works."""

    def __init__(self, name: str, folder: Path, run: Run) -> None:
        self.name, self.folder = name, folder
        self.run = partial(run, cwd=folder, PYTHONPATH=str(folder / "src"))

    def do(self, *commands: str) -> str:
        said = ""
        for command in commands:
            result = self.run(*command.split())
            assert result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
            said = result.stdout
        return said

    def assert_registered(self, version: str) -> None:
        assert f"{self.name}@{version}" in self.do("git ls-remote --tags origin")

    def report(self) -> str:
        return (self.folder / "report.md").read_text()

    def commit(self, message: str) -> None:
        self.do("git add -A")
        assert self.run("git", "commit", "-qm", message).returncode == 0

    def verdict(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "reports/verdict.json").read_text()))


@pytest.fixture
def swap(monkeypatch: pytest.MonkeyPatch) -> Swap:
    monkeypatch.syspath_prepend(ROOT / "tools")
    from example_problems import swap

    return swap


def swapped(name: str, folder: Path, run: Run, swap: Swap, through: str = "") -> Project:
    """Return a project with the problem `name`, on a bare remote, before its first landing."""
    seed = folder / "seed"
    swap(name, seed)
    project = Project(name, seed, run)
    ingest = f"retrain ingest{f' --through {through}' if through else ''}"
    project.do("git init -q -b main", ingest, "dvc push -q")
    project.commit("Another problem")
    run("git", "clone", "-q", "--bare", seed, folder / "remote.git", cwd=folder)
    toys.clone(folder / "remote.git", folder / "clone", run)
    return Project(name, folder / "clone", run)


@pytest.mark.slow
def test_a_number_by_time(tmp_path: Path, run: Run, swap: Swap) -> None:
    project = swapped("bikes", tmp_path, run, swap, through="2011-06")
    project.do("dvc pull -q data.dvc", YOURS)
    shown = project.do("retrain run")
    assert "mean_absolute_error" in shown
    assert "missing_bikes" in shown
    metrics = json.loads((project.folder / "reports/metrics.json").read_text())
    assert metrics["window"] == {"train": "2011-01 to 2011-05", "test": "2011-06"}
    assert metrics["model"]["mean_absolute_error"] < metrics["reference"]["mean_absolute_error"]
    project.do("retrain land")  # what a run has made needs no commit
    project.assert_registered("v1.0.0")

    set_params(project.folder, max_iter="300")
    project.do("retrain judge")
    found, report = project.verdict(), project.report()
    assert (found["task"], found["verdict"]) == ("regression", "keep")
    assert found["champion"]["plain"]["effect"].endswith("ly worse")
    assert set(found["champion"]["metrics"]) == {
        "mean_absolute_error",
        "root_mean_squared_error",
        "missing_bikes",
    }
    assert "On average this model is " in report
    assert " bikes off, instead of " in report
    assert "On 720 hours (2011-06), that " in report
    assert {part["slice"] for part in found["champion"]["parts"]} == {"weather", "free_day"}
    assert 'title "Errors"' in report
    project.do("git checkout -q .", "retrain plots")
    assert (project.folder / "plots/calibration.png").exists()

    project.do("retrain ingest", "retrain land")
    assert project.verdict()["champion"]["kind"] == "data"
    metrics = json.loads((project.folder / "reports/metrics.json").read_text())
    assert metrics["window"]["test"] == "2011-07"
    project.do("retrain judge")
    assert "Nothing that the model is made of has changed" in project.report()


@pytest.mark.slow
def test_classes_by_hash(tmp_path: Path, run: Run, swap: Swap) -> None:
    project = swapped("digits", tmp_path, run, swap)
    project.do("dvc pull -q data.dvc", YOURS, "retrain land")
    project.assert_registered("v1.0.0")
    metrics = json.loads((project.folder / "reports/metrics.json").read_text())
    assert metrics["window"] == {"train": "hash of key, 0 to 0.6", "test": "hash of key, 0.6 to 1"}
    assert metrics["rows"]["train"] + metrics["rows"]["test"] == 1797
    assert metrics["reference"]["accuracy"] < 0.2 < 0.8 < metrics["model"]["accuracy"]

    set_params(project.folder, C="0.1")
    project.do("retrain judge")
    found = project.verdict()
    assert (found["task"], found["verdict"]) == ("multiclass", "promote")
    assert found["champion"]["left_out"] == 0
    assert found["champion"]["blocks"] == 200
    assert [each["name"] for each in found["champion"]["classes"]] == [*"0123456789"]
    assert "<summary>Classes: how many of each are right</summary>" in project.report()
    assert "Of every 100 images, " in project.report()
    assert " get the right class, instead of " in project.report()
    project.commit("Less regularisation")
    assert "registered digits@v1.1.0" in project.do("retrain land")
    project.do("retrain judge")
    assert "Nothing that the model is made of has changed" in project.report()


@pytest.mark.slow
def test_two_classes_by_hash(tmp_path: Path, run: Run, swap: Swap) -> None:
    project = swapped("tumours", tmp_path, run, swap)
    project.do("dvc pull -q data.dvc", YOURS, "retrain land")
    project.assert_registered("v1.0.0")
    set_params(project.folder, n_estimators="50", max_depth="6")
    project.do("retrain judge")
    found = project.verdict()
    assert (found["task"], found["verdict"]) == ("binary", "promote")
    assert "malignant ones would be among them, instead of " in project.report()
    project.commit("More trees")
    assert "registered tumours@v1.1.0" in project.do("retrain land")
    set_params(project.folder, test_share="0.3")
    project.do("retrain judge")
    assert project.verdict()["champion"]["left_out"] == 0


@pytest.mark.slow
def test_where_the_flights_have_landed_another_problem_is_the_first_of_its_name(
    tmp_path: Path, run: Run, swap: Swap
) -> None:
    """The base's policy asks for metrics and words of flights, and its code knows no cells."""
    folder = tmp_path / "copy"
    for path in ("src", "dvc.yaml", "dvc.lock", "params.yaml", "policy.yaml", "reports"):
        place(ROOT / path, folder / path)
    project = Project("tumours", folder, run)
    project.do("git init -q -b main")
    project.commit("Flights")
    project.do("git rm -rq .")
    swap("tumours", folder)
    project.do("retrain ingest")
    project.commit("Tumours")
    project.do("retrain judge --base HEAD~1")
    found = project.verdict()
    assert (found["verdict"], found["base"], found["champion"]) == ("promote", None, None)
    assert "builds another model, flights-delay: this policy.yaml judges" in project.report()
