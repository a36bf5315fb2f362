"""The shipped pipeline, judged: against the base, by each commit's own code."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run, set_params
from tests.retrain.gate.test_gate import judged
from tests.toys import toys


def base_metrics(run: Run, project: Path) -> dict[str, float]:
    return dict(json.loads(toys.do(run, project, "git show HEAD:reports/metrics.json"))["model"])


def others(comparison: dict[str, Any]) -> dict[str, float]:
    return {name: round(each["other"], 4) for name, each in comparison["metrics"].items()}


@pytest.mark.slow
def test_another_parameter_against_the_base(built_project: Path, run: Run) -> None:
    set_params(built_project, max_iter="20")
    toys.do(run, built_project, "retrain run")
    found = judged(run, built_project)
    theirs = {name: round(value, 4) for name, value in base_metrics(run, built_project).items()}
    assert others(found["base"]) == theirs  # scored again, by its own code
    mine = {name: each["this"] for name, each in found["base"]["metrics"].items()}
    assert mine == pytest.approx(found["metrics"], abs=1e-5)
    assert found["champion"] == found["base"]
    assert (found["base"]["left_out"], found["base"]["blocks"]) == (0, 30)
    assert {part["slice"] for part in found["base"]["parts"]} == {
        "carrier",
        "origin",
        "part_of_day",
    }
    assert set(found["base"]["curves"]) == {"roc", "precision_recall", "calibration"}
    before = (built_project / "reports/verdict.json").read_bytes()
    judged(run, built_project)
    assert (built_project / "reports/verdict.json").read_bytes() == before
    assert toys.do(run, built_project, "git worktree list").count("\n") == 0


@pytest.mark.ml_test_score("Data 6")
@pytest.mark.slow
def test_a_model_with_other_features_is_compared_with_one_that_knows_nothing_of_them(
    built_project: Path, run: Run
) -> None:
    path = built_project / "src/pipeline/features.py"
    text, found = re.subn(r'"departure", ', '"departure", "month", ', path.read_text())
    assert found == 1
    path.write_text(text)
    own = {"PYTHONPATH": str(built_project / "src")}
    result = run("retrain", "run", cwd=built_project, **own)
    assert result.returncode == 0, result.stderr
    result = run("retrain", "gate", "--json", cwd=built_project, **own)
    assert result.returncode == 0, result.stderr
    theirs = {name: round(value, 4) for name, value in base_metrics(run, built_project).items()}
    assert others(json.loads(result.stdout)["base"]) == theirs


@pytest.mark.slow
def test_rows_that_the_other_model_has_learned_from_are_left_out(
    built_project: Path, run: Run
) -> None:
    set_params(built_project, test_from='"2013-05"')
    toys.do(run, built_project, "retrain run")
    found = judged(run, built_project)["base"]
    window = json.loads((built_project / "reports/metrics.json").read_text())
    assert window["window"] == {"train": "2013-01 to 2013-04", "test": "2013-05 to 2013-06"}
    assert found["blocks"] == 30  # June's days alone: the base has learned from May
    assert found["rows"] + found["left_out"] == window["rows"]["test"]
    assert 400 < found["left_out"] < 700


@pytest.mark.slow
def test_a_champion_with_other_packages_scores_in_an_environment_of_its_own(
    built_project: Path, run: Run
) -> None:
    set_params(built_project, max_iter="20")
    with (built_project / "requirements/pipeline.txt").open("a") as file:
        file.write("# other packages\n")
    toys.do(run, built_project, "retrain run")
    found = judged(run, built_project)
    theirs = {name: round(value, 4) for name, value in base_metrics(run, built_project).items()}
    assert others(found["base"]) == theirs
