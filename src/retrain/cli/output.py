"""What a person reads at the end of a command, or a program, with `--json`."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic_core import to_jsonable_python

from retrain.console import console, table
from retrain.metrics.table import TABLE, places
from retrain.paths import METRICS, MODEL
from retrain.repo import line

if TYPE_CHECKING:
    from retrain.data.sources.news import News
    from retrain.gate.schema import Difference, Verdict
    from retrain.landing.land import Landing, Proposal
    from retrain.run.execution import Run
    from retrain.run.plan import Plan


def plan(found: "Plan", as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    say = console().print
    say(found.why.partition(": ")[0] if found.stages else found.why, markup=False)
    if found.stages:
        table(((name, ", ".join(why)) for name, why in found.stages.items()), ["stage", "because"])
    if found.new_data:
        say("the data are new")
    if found.ignored:
        say(f"not believed, because no landing wrote it: {', '.join(found.ignored)}", markup=False)


def verdict(found: "Verdict | None", as_json: bool) -> None:
    """Print a verdict: its reasons, and the metrics of both comparisons."""
    if found is None:
        why = "nothing to judge: no run is needed; report.md says so"
        print_json({"verdict": None, "reasons": [why]}) if as_json else print(why)
        return
    if as_json:
        print_json(found)
        return
    say = console().print
    for role, other in (("champion", found.champion), ("base", found.base)):
        if other and not other.problem and not (role == "base" and other == found.champion):
            print()
            say(f"against the {role}{f', {other.version}' if other.version else ''}", markup=False)
            rows = [_row(name, each) for name, each in other.metrics.items()]
            headers = [
                "metric",
                "",
                f"{role}, this",
                f"difference ({found.confidence:.0%} interval)",
            ]
            table(rows, headers, right=2)
    table([(found.verdict, reason) for reason in found.reasons], ["verdict", "because"])


def _row(name: str, found: "Difference") -> tuple[str, ...]:
    """Return a line that fits into 80 columns."""
    digits = places(found.other, found.this)
    models = f"{figure(found.other, digits)}, {figure(found.this, digits)}"
    if found.low is None or found.high is None or found.difference is None:
        return name, found.effect, models, ""
    change, low, high = (
        f"{each:+.{digits}f}" for each in (found.difference, found.low, found.high)
    )
    return name, found.effect, models, f"{change} ({low}…{high})"


def proposal(found: "Proposal", as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    what = f"{found.branch} into {found.into}; {found.title}; its text: {found.body}"
    print(f"proposed: {what}" if found.branch else "nothing to propose")


def landing(found: "Landing", as_json: bool, context: str | None = None) -> None:
    """Print what has landed; `context`: on its line."""
    if as_json:
        print_json(found)
        return
    if found.landed:
        print(f"{found.verdict or 'no run was needed'}: landed as {found.commit[:7]}")
    else:
        print("nothing to land, the results are as they should be")
    if found.version:
        print(f"registered {found.version}: the tag is at the remote")
        for tag in found.deployed:
            print(f"deployed to {tag.split('#')[1]}: {tag}")
    elif found.verdict == "keep":
        with line.of(context):
            command = f"retrain promote{line.option()}"
        print(f"the version in use stays; to register this one all the same: {command}")


def print_json(content: Any) -> None:
    print(json.dumps(to_jsonable_python(content), indent=2))


def run(run: "Run", as_json: bool) -> None:
    if as_json:
        print_json(run)
        return
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
    say("Curves   reports/curves/, drawn by: make plots")


def _metrics(metrics: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    def row(name: str, value: float | None) -> tuple[str, str, str, str]:
        reference, known = metrics["reference"].get(name), TABLE.get(name)
        digits = places(value, reference)
        direction = "" if known is None else "higher" if known.higher_is_better else "lower"
        return name, direction, figure(value, digits), figure(reference, digits)

    return [row(name, value) for name, value in metrics["model"].items()]


def figure(value: float | None, digits: int) -> str:
    return "undefined" if value is None else f"{value:.{digits}f}"


def _compared(run: "Run") -> str:
    """Return whether this is the committed model, or how far the two are apart."""
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
    figures = ", ".join(
        f"{name} {difference:+.{places(before[name])}f}" for name, difference in apart.items()
    )
    return f"not the committed model; this one minus that: {figures}"


def news(found: "News", names: Sequence[str]) -> None:
    said = f"added {', '.join(found.new)}" if found.new else "nothing new"
    held = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
    print("; ".join(filter(None, [said, f"data/ holds {held}", found.waiting])))
    for each in found.corrections:
        print(each)
