"""`retrain run`: builds what is missing, nothing that is fresh, and survives what happens to it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.toys.toys import BETTER


def states(run: Run, project: Path, *options: str) -> dict[str, str]:
    """Run the pipeline and return what became of each stage."""
    result = run("retrain", "run", "--json", *options, cwd=project)
    assert result.returncode == 0, result.stderr
    return {step["stage"]: step["state"] for step in json.loads(result.stdout)["steps"]}


def test_a_fresh_clone_builds_everything_though_its_reports_are_there(toy: Path, run: Run) -> None:
    result = run("retrain", "run", cwd=toy)
    assert result.returncode == 0, result.stderr
    assert "data: fetched from the remote" in result.stderr
    assert result.stdout.count(" ran ") == 1
    assert "models/model.skops: the committed model, to the byte" in result.stdout
    assert run("git", "status", "--porcelain", cwd=toy).stdout == ""


@pytest.fixture
def ran(toy: Path, run: Run) -> Path:
    """Return a clone in which the pipeline has run."""
    assert states(run, toy) == {"make": "ran"}
    return toy


@pytest.mark.smoke
def test_a_run_leaves_git_clean_and_a_second_one_runs_nothing(ran: Path, run: Run) -> None:
    assert states(run, ran) == {"make": "up to date"}
    assert run("git", "status", "--porcelain", cwd=ran).stdout == ""


def test_a_policy_that_does_not_fit_is_said_before_it_has_to_judge(ran: Path, run: Run) -> None:
    assert "make judge" not in run("retrain", "run", cwd=ran).stderr
    text = (ran / "params.yaml").read_text()
    (ran / "params.yaml").write_text(f"{text}task: regression\n")
    result = run("retrain", "run", cwd=ran)
    assert result.returncode == 0
    assert "before `make judge`: policy.yaml: gate.metrics.log_loss does not" in result.stderr


def test_a_changed_parameter_runs_its_stage_and_how_far_it_is_apart_is_shown(
    ran: Path, run: Run
) -> None:
    (ran / "params.yaml").write_text(BETTER)
    result = run("retrain", "run", "--json", cwd=ran)
    report = json.loads(result.stdout)
    assert [step["state"] for step in report["steps"]] == ["ran"]
    assert report["model"] != report["committed_model"]
    assert "this one minus that: log_loss " in run("retrain", "run", cwd=ran).stdout


def test_a_run_that_fails_leaves_the_model_of_the_one_before(ran: Path, run: Run) -> None:
    model = (ran / "models/model.skops").read_bytes()
    make = ran / "src/make.py"
    make.write_text(make.read_text().replace("def main", "raise SystemExit(1)\n\n\ndef main", 1))
    assert run("retrain", "run", cwd=ran).returncode == 1
    assert (ran / "models/model.skops").read_bytes() == model


@pytest.mark.slow
def test_force_runs_everything(ran: Path, run: Run) -> None:
    assert states(run, ran, "--force") == {"make": "ran"}


def test_data_that_are_missing_in_part_are_fetched_and_not_taken_for_a_change(
    ran: Path, run: Run
) -> None:
    (ran / "data/2013-01.parquet").unlink()
    result = run("retrain", "run", cwd=ran)
    assert "data: fetched" in result.stderr
    assert run("git", "status", "--porcelain", cwd=ran).stdout == ""


@pytest.mark.parametrize(
    ("damage", "sentence"),
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
    toy: Path, run: Run, damage: Callable[[Path], Any], sentence: str
) -> None:
    damage(toy)
    result = run("retrain", "run", cwd=toy)
    assert result.returncode == 1
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith(
        f"error: data.dvc: the data are not here, and the {sentence} did not give them"
    )
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("params.yaml", "train: [", "error: params.yaml, line"),
        ("dvc.yaml", "stages: [", "error: dvc.yaml: DVC refuses: "),
        ("dvc.lock", "schema: '2.0'\nstages: 3\n", "error: dvc.lock: DVC refuses: "),
        ("data.dvc", "outs: 3\n", "error: data.dvc: DVC refuses: "),
    ],
)
def test_a_broken_file_is_one_sentence(
    ran: Path, run: Run, file: str, text: str, sentence: str
) -> None:
    (ran / file).write_text(text)
    result = run("retrain", "run", cwd=ran)
    assert result.returncode == 1
    assert result.stderr.startswith(sentence), result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr


def test_outside_a_repository_is_one_sentence(tmp_path: Path, run: Run) -> None:
    (tmp_path / "params.yaml").write_text(BETTER)
    result = run("retrain", "run", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("error: DVC refuses: ")
    assert len(result.stderr.strip().splitlines()) == 1


def test_in_a_folder_below_is_one_sentence(toy: Path, run: Run) -> None:
    result = run("retrain", "run", cwd=toy / "src")
    assert result.returncode == 1
    assert result.stderr == "error: this is not the top folder of the repository; first: cd ..\n"
