"""DVC's experiments work on the pipeline as it is, as README says."""

import csv
import io
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.toys import toys


@pytest.mark.slow
def test_queued_values_run_and_the_best_becomes_a_branch(built_project: Path, run: Run) -> None:
    before = toys.do(run, built_project, "git rev-parse HEAD")
    toys.do(run, built_project, "dvc exp run --queue -S train.max_iter=5,10",
            "dvc exp run --run-all")  # fmt: skip
    shown = toys.do(run, built_project, "dvc exp show --csv")
    tried = {
        row["train.max_iter"]: row
        for row in csv.DictReader(io.StringIO(shown))
        if row["typ"].startswith("branch")
    }
    assert set(tried) == {"5", "10"}
    losses = [float(tried[number]["model.log_loss"]) for number in ("5", "10")]
    assert losses[0] > losses[1]  # five trees are too few
    assert toys.do(run, built_project, "git status --porcelain") == ""
    best = tried["10"]["Experiment"]
    toys.do(run, built_project, f"dvc exp branch {best} fewer-trees")
    changed = toys.do(run, built_project, f"git diff --name-only {before} fewer-trees")
    assert {"params.yaml", "dvc.lock", "reports/metrics.json"} <= set(changed.split())
