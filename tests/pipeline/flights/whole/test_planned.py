"""The shipped pipeline, planned, and checked before any stage runs."""

from pathlib import Path

import pytest

from tests.conftest import Run, set_params
from tests.retrain.run.test_plan import as_json
from tests.toys import toys


@pytest.mark.slow
def test_the_real_pipeline(built_project: Path, run: Run) -> None:
    """A report whose stage feeds others, a locked dependency, and staleness carried downstream."""
    assert as_json(run, built_project)["needed"] is False
    set_params(built_project, max_iter="20")
    stages = as_json(run, built_project)["stages"]
    assert stages == {"train": ["params.yaml (train) changed"], "evaluate": ["train runs"]}
    toys.do(run, built_project, "git checkout -q params.yaml")
    with (built_project / "requirements/validate.txt").open("a") as file:
        file.write("# another version\n")
    found = as_json(run, built_project)
    assert list(found["stages"]) == ["validate", "prepare", "train", "evaluate"]
    assert found["stages"]["validate"] == ["requirements/validate.txt changed"]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run", "judge"])
def test_an_argument_that_does_not_exist_is_told_before_validate(
    built_project: Path, run: Run, command: str
) -> None:
    suite = built_project / "expectations/data.json"
    suite.write_text(suite.read_text() + "\n")  # so that `validate` would run first
    path = built_project / "params.yaml"
    path.write_text(path.read_text().replace("  learning_rate:", "  learning_rat:"))
    result = run("retrain", command, cwd=built_project)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == (
        "error: params.yaml: train.learning_rat is not an argument of HistGradientBoostingClassifier; "
        "did you mean 'learning_rate'?"
    )
    assert "validate:" not in result.stderr
