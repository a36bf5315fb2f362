"""The shipped pipeline, run: equal inputs give equal bytes, and what changed runs."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import Run, set_params
from tests.pipeline.flights.conftest import write_month
from tests.toys import toys

NAMES = ["validate", "prepare", "train", "evaluate"]


def states(run: Run, project: Path, *options: str) -> dict[str, str]:
    """Run the pipeline and return what became of each stage."""
    result = run("retrain", "run", "--json", *options, cwd=project)
    assert result.returncode == 0, result.stderr
    return {step["stage"]: step["state"] for step in json.loads(result.stdout)["steps"]}


@pytest.mark.ml_test_score("Infra 3")
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
    assert "Stage 'train' is cached" in run("retrain", "run", cwd=built_project).stderr


@pytest.mark.ml_test_score("Infra 1")
@pytest.mark.slow
def test_everything_again_gives_the_same(built_project: Path, run: Run) -> None:
    shutil.rmtree(built_project / ".dvc/cache")
    assert states(run, built_project, "--force") == dict.fromkeys(NAMES, "ran")
    assert toys.do(run, built_project, "git status --porcelain") == ""  # lock, reports, data.dvc


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
    run(
        "dvc", "checkout", "-q", cwd=built_project
    )  # the remedy that the error for a damaged file names
    assert states(run, built_project)["train"] == "up to date"
    assert run("git", "status", "--porcelain", cwd=built_project).stdout == ""


@pytest.mark.ml_test_score("Infra 3")
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


@pytest.mark.slow
def test_a_run_from_a_base_asks_no_run_cache(built_project: Path, run: Run) -> None:
    """Whatever another person's run cache claims for these parameters: it is trained."""
    set_params(built_project, max_iter="20")
    toys.do(run, built_project, "dvc push -q", "retrain run", "dvc push -q --run-cache")
    toys.do(run, built_project, "git checkout -q dvc.lock reports")
    said = json.loads(toys.do(run, built_project, "retrain run --base HEAD --json"))
    assert {step["stage"]: step["state"] for step in said["steps"]} == {
        "validate": "up to date",
        "prepare": "up to date",
        "train": "ran",
        "evaluate": "ran",
    }
