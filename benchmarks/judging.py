"""What is around a run, beside what it is around: plan, gate and report, as ratios by turns."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
Run = Callable[..., tuple[float, float, str]]
Compared = Callable[[str, Sequence[float], Sequence[float], str], Any]


def judging(repository: Path, pairs: int, run: Run, compared: Compared) -> list[Any]:
    """Measure in a repository whose model is built and committed.

    Args:
        repository: it has no remote, so that its newest commit is the base.
        pairs: how often, after one turn that is not counted.
        run: runs a command in a folder, and returns seconds, megabytes and stdout.
        compared: makes a row of a table.
    """
    params = repository / "params.yaml"
    fresh = params.read_text("utf-8")
    retrain, dvc = BIN / "retrain", BIN / "dvc"
    turns = []
    for _ in range(pairs + 1):
        params.write_text(fresh, "utf-8")
        run(repository, retrain, "run")
        nothing, _, _ = run(repository, dvc, "repro", "-q")
        planned, _, _ = run(repository, retrain, "plan")
        params.write_text(fresh.replace("max_iter: 100", "max_iter: 101"), "utf-8")
        stale, _, _ = run(repository, retrain, "plan")
        trained, _, _ = run(repository, retrain, "run", "--force")
        judged, _, _ = run(repository, retrain, "gate")
        reported, _, _ = run(repository, retrain, "report")
        turns.append((nothing, planned, stale, trained, judged, reported))
    nothings, planneds, stales, traineds, judgeds, reporteds = zip(*turns[1:], strict=True)
    return [
        compared("plan, fresh / dvc repro, no change", planneds, nothings, "at most 1.5"),
        compared("plan, stale / dvc repro, no change", stales, nothings, "at most 1.5"),
        compared("gate / training", judgeds, traineds, ""),
        compared("report / training", reporteds, traineds, ""),
    ]
