"""What was found of contexts: for a person, for a program, and as files beside the report."""

import json
from pathlib import Path

from retrain.console import console, table
from retrain.contexts.judge import Judged
from retrain.files import whole, write_json
from retrain.metrics.table import places
from retrain.paths import CONTEXT_FACTS, CONTEXTS
from retrain.report.render import markdown


def one(found: Judged, as_json: bool) -> None:
    """Print what one context's own model is worth."""
    if as_json:
        print(json.dumps(found.model_dump(mode="json"), indent=2))
        return
    steps = [(step.stage, step.state, f"{step.seconds:.1f}") for step in found.steps]
    table(steps, ["stage", "", "seconds"], right=2)
    say = console().print
    say(f"{found.column} {found.context}: {found.rows:,} rows judge.", markup=False)
    say(f"Earns a model of its own: {found.earns}", markup=False)
    say(f"Because: {found.why}", markup=False)


def every(found: list[Judged], as_json: bool) -> None:
    """Print a table of contexts, and write it beside the report."""
    content = [each.model_dump(mode="json") for each in found]
    write_json(Path(CONTEXT_FACTS), content)
    header, rows = _header(found), [_row(each) for each in found]
    safe = ([markdown.text(cell) for cell in row] for row in rows)
    lines = [f"{markdown.text(each.context)}: {markdown.text(each.why, 1000)}" for each in found]
    parts = ("# A model of its own?", markdown.table(header, safe, (1, 2, 3, 4)))
    with whole(Path(CONTEXTS)) as scratch:
        text = markdown.paragraphs(*parts, markdown.bullets(lines))
        scratch.write_text(f"{text.strip()}\n", "utf-8")
    if as_json:
        print(json.dumps(content, indent=2))
        return
    table(rows, header, right=1)
    for each in found:
        console().print(f"{each.context}: {each.why}", markup=False)


def _header(found: list[Judged]) -> list[str]:
    metric, confidence = found[0].primary, found[0].confidence
    difference = f"difference ({confidence:.0%} interval)"
    return ["context", "rows", f"{metric}, common", "own", difference, "earns its own?"]


def _row(found: Judged) -> list[str]:
    figures, each = ["", "", ""], found.difference
    if each and each.this is not None and each.other is not None:
        digits = places(each.other, each.this)
        figures[:2] = [f"{number:.{digits}f}" for number in (each.other, each.this)]
        if each.difference is not None and each.low is not None and each.high is not None:
            change, low, high = (
                f"{number:+.{digits}f}" for number in (each.difference, each.low, each.high)
            )
            figures[2] = f"{change} ({low} to {high})"
    return [found.context, f"{found.rows:,}" if found.rows else "", *figures, found.earns]
