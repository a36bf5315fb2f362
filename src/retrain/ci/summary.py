"""What a person reads when a run has ended."""

import json
import sys
from dataclasses import asdict
from typing import Any

from retrain.ci.run import METRICS, MODEL, Run
from retrain.console import console, table
from retrain.metrics import HIGHER_IS_BETTER


def show(run: Run, as_json: bool) -> None:
    """Print the run: tables for a person, or all of it as JSON for a program."""
    if as_json:
        json.dump(asdict(run), sys.stdout, indent=2)
        print()
        return
    print()
    steps = [(step.stage, step.state, f"{step.seconds:.1f}") for step in run.steps]
    table(steps, ["stage", "", "seconds"], right=2)
    table(_metrics(run.metrics), ["metric", "better is", "this model", "reference"], right=2)
    window, rows = run.metrics["window"], run.metrics["rows"]
    say = console().print
    trained, judged = (f"{rows[part]:,} rows ({window[part]})" for part in ("train", "test"))
    say(f"Trained on {trained}, judged on {judged}.")
    say(f"Model    {MODEL}: {_compared(run)}")
    say(f"Reports  {METRICS}, reports/slices.json, reports/validation.json")
    say("Scores   predictions/test.parquet")
    say("Curves   reports/curves/, drawn by: .venv/bin/dvc plots show")


def _metrics(metrics: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    return [
        (
            name,
            "higher" if HIGHER_IS_BETTER[name] else "lower",
            _figure(value),
            _figure(metrics["reference"][name]),
        )
        for name, value in metrics["model"].items()
    ]


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"


def _compared(run: Run) -> str:
    """Say whether this is the committed model, or how far the two are apart."""
    if run.committed_model is None:
        return "the first one here; commit dvc.lock and reports/ to make it official"
    if run.model == run.committed_model:
        return "the committed model, to the byte"
    before = (run.committed_metrics or {}).get("model", {})
    apart = {
        name: value - before[name]
        for name, value in run.metrics["model"].items()
        if value is not None and before.get(name) is not None
    }
    if not apart:
        return "not the committed model, which has no metrics to compare with"
    if not any(apart.values()):
        return "other bytes than the committed model, with the same metrics"
    figures = ", ".join(f"{name} {difference:+.4f}" for name, difference in apart.items())
    return f"not the committed model; this one minus that: {figures}"
