"""`retrain run`: builds what is missing, nothing that is fresh, and survives what happens to it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.conftest import Run, set_params, write_month

NAMES = ["validate", "prepare", "train", "evaluate"]


def states(run: Run, project: Path, *options: str) -> dict[str, str]:
    """Run the pipeline and return what became of each stage."""
    result = run("retrain", "run", "--json", *options, cwd=project)
    assert result.returncode == 0, result.stderr
    return {step["stage"]: step["state"] for step in json.loads(result.stdout)["steps"]}


@pytest.mark.slow
def test_two_clean_runs_give_the_same_lock(built: Path, project: Path, run: Run) -> None:
    assert states(run, project) == dict.fromkeys(NAMES, "ran")
    assert (project / "dvc.lock").read_text() == (built / "dvc.lock").read_text()
    for report in (built / "reports").rglob("*.*"):
        assert (project / report.relative_to(built)).read_bytes() == report.read_bytes(), (
            report.name
        )


def test_a_run_leaves_git_clean_and_a_second_one_runs_nothing(
    built_project: Path, run: Run
) -> None:
    assert states(run, built_project) == dict.fromkeys(NAMES, "up to date")
    assert run("git", "status", "--porcelain", cwd=built_project).stdout == ""


@pytest.mark.slow
def test_a_fresh_clone_builds_everything_though_its_reports_are_there(
    built: Path, tmp_path: Path, run: Run
) -> None:
    run("git", "clone", "-q", built, tmp_path / "clone", cwd=tmp_path)
    result = run("retrain", "run", cwd=tmp_path / "clone")
    assert result.returncode == 0, result.stderr
    assert "data: fetched from the remote" in result.stderr
    assert result.stdout.count(" ran ") == 4
    assert "models/model.skops: the committed model, to the byte" in result.stdout
    assert run("git", "status", "--porcelain", cwd=tmp_path / "clone").stdout == ""


@pytest.mark.slow
def test_a_changed_parameter_runs_its_stage_and_what_follows(built_project: Path, run: Run) -> None:
    set_params(built_project, max_iter="20")
    result = run("retrain", "run", "--json", cwd=built_project)
    steps = {step["stage"]: step["state"] for step in json.loads(result.stdout)["steps"]}
    assert steps == {
        "validate": "up to date",
        "prepare": "up to date",
        "train": "ran",
        "evaluate": "ran",
    }
    report = json.loads(result.stdout)
    assert report["model"] != report["committed_model"]
    assert "this one minus that: roc_auc " in run("retrain", "run", cwd=built_project).stdout
    set_params(built_project, max_iter="100")  # what was trained once is not trained again
    assert states(run, built_project)["train"] == "restored"


@pytest.mark.slow
def test_force_runs_everything(built_project: Path, run: Run) -> None:
    assert states(run, built_project, "--force") == dict.fromkeys(NAMES, "ran")


@pytest.mark.slow
def test_data_that_break_the_contract_stop_the_run(
    built_project: Path, run: Run, small: dict[str, pd.DataFrame]
) -> None:
    model = (built_project / "models/model.skops").read_bytes()
    lock = (built_project / "dvc.lock").read_text()
    write_month(
        built_project / "data", "2013-03", small["2013-03"].replace({"origin": {"JFK": "PHL"}})
    )
    result = run("retrain", "run", cwd=built_project)
    assert result.returncode == 1
    assert "data/2013-03.parquet: column 'origin' breaks the contract" in result.stderr
    assert (
        result.stderr.strip().splitlines()[-1]
        == "error: stage validate failed, as shown above; nothing after it ran"
    )
    assert (built_project / "models/model.skops").read_bytes() == model
    assert (built_project / "dvc.lock").read_text() == lock
    assert (
        run("git", "diff", "--name-only", cwd=built_project).stdout == "reports/validation.json\n"
    )
    run("dvc", "checkout", "-q", cwd=built_project)  # the remedy that a damaged file is told
    assert states(run, built_project)["train"] == "up to date"
    assert run("git", "status", "--porcelain", cwd=built_project).stdout == ""


@pytest.mark.slow
def test_a_new_month_becomes_the_test_window(
    built_project: Path, run: Run, small: dict[str, pd.DataFrame]
) -> None:
    july = small["2013-06"].assign(month=7)
    july["time_hour"] += pd.Timedelta(days=30)
    write_month(built_project / "data", "2013-07", july)
    result = run("retrain", "run", cwd=built_project)
    assert result.returncode == 0, result.stderr
    assert "(2013-01 to 2013-06), judged on" in result.stdout
    assert "(2013-07)" in result.stdout
    assert "nfiles: 7" in (built_project / "data.dvc").read_text()


def drop_data(project: Path) -> None:
    subprocess.run(["rm", "-rf", "data", ".dvc/cache"], cwd=project, check=True)


def test_data_that_are_missing_in_part_are_fetched_and_not_taken_for_a_change(
    built_project: Path, run: Run
) -> None:
    for name in ("2013-02.parquet", "2013-04.parquet"):
        (built_project / "data" / name).unlink()
    result = run("retrain", "run", cwd=built_project)
    assert "data: fetched" in result.stderr
    assert run("git", "status", "--porcelain", cwd=built_project).stdout == ""


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            lambda project: subprocess.run(["rm", "-rf", "store"], cwd=project, check=True),
            "remote (store)",
        ),
        (lambda project: (project / ".dvc/config").write_text(""), "remote (none is set)"),
    ],
    ids=["empty", "none"],
)
def test_no_remote_to_pull_from_is_one_sentence(
    project: Path, run: Run, damage: Callable[[Path], Any], said: str
) -> None:
    drop_data(project)
    damage(project)
    result = run("retrain", "run", cwd=project)
    assert result.returncode == 1
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith(
        f"error: data.dvc: the data are not here, and the {said} did not give them"
    )
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("params.yaml", "train: [", "error: params.yaml, line"),
        ("dvc.yaml", "stages: [", "error: dvc.yaml: DVC refuses: "),
        ("dvc.lock", "schema: '2.0'\nstages: 3\n", "error: dvc.lock: DVC refuses: "),
        ("data.dvc", "outs: 3\n", "error: data.dvc: DVC refuses: "),
    ],
)
def test_a_broken_file_is_one_sentence(
    built_project: Path, run: Run, file: str, text: str, said: str
) -> None:
    (built_project / file).write_text(text)
    result = run("retrain", "run", cwd=built_project)
    assert result.returncode == 1
    assert result.stderr.startswith(said), result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr


def test_outside_a_repository_is_one_sentence(tmp_path: Path, built: Path, run: Run) -> None:
    (tmp_path / "params.yaml").write_text((built / "params.yaml").read_text())
    result = run("retrain", "run", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("error: DVC refuses: ")
    assert len(result.stderr.strip().splitlines()) == 1


def test_in_a_folder_below_is_one_sentence(built: Path, run: Run) -> None:
    result = run("retrain", "run", cwd=built / "src")
    assert result.returncode == 1
    assert result.stderr == "error: this is not the top folder of the repository; first: cd ..\n"
