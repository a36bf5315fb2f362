"""Metric by metric and group by group: this run beside the models that it is compared with."""

from collections.abc import Iterable

from retrain.gate.schema import Comparison, Difference, Part, Verdict
from retrain.metrics.table import TABLE, places
from retrain.report.render.markdown import CELL, cut_rows, paragraphs, table, text
from retrain.report.render.models import compared, name_of_rows, same_model
from retrain.report.render.numbers import (
    GAP,
    NONE,
    count,
    effect,
    figure,
    interval,
    percent,
    signed,
)
from retrain.report.schema import Facts

ROWS = 20  # metrics of a table
PARTS = 10


def comparisons(facts: Facts) -> str:
    judged = facts.verdict
    if judged is None:
        return ""
    found = compared(facts, judged)
    blocks = [
        paragraphs(f"### {title}", _compared(facts, judged, comparison, others=number == 0))
        for number, (title, _, comparison) in enumerate(found)
    ]
    if all(comparison.problem is not None for _, _, comparison in found):
        blocks.append(paragraphs("### Metrics", _alone(facts, judged), _reference(facts)))
    return paragraphs(*blocks)


def groups(facts: Facts) -> str:
    """Return the parts of the rows where the model has surely changed, worst first."""
    judged = facts.verdict
    if judged is None:
        return ""
    found = [each for each in compared(facts, judged) if each[2].parts]
    return paragraphs(
        *(
            _moved(judged, comparison.parts, f" against {name}" if len(found) > 1 else "")
            for _, name, comparison in found
        )
    )


def _compared(facts: Facts, judged: Verdict, comparison: Comparison, others: bool) -> str:
    """Return the table of one comparison; `others` are the metrics that the gate does not judge."""
    if comparison.problem is not None:
        return f"Not compared: {text(comparison.problem)}"
    header = [
        "metric",
        f"better{GAP}is",
        "champion" if comparison is judged.champion and not same_model(judged) else "base",
        f"this{GAP}run",
        "difference",
        f"{percent(judged.confidence)}{GAP}interval",
        "effect",
        "reference",
    ]
    names = ordered(judged, comparison.metrics)
    if others:
        names += sorted(set(facts.others) - set(names))

    def row(name: str) -> list[str]:
        found = comparison.metrics.get(name)
        cells = _unjudged(*facts.others[name]) if found is None else judged_cells(found)
        return [*metric_cells(judged, name), *cells, figure(facts.reference.get(name))]

    rows = table(header, cut_rows(names, ROWS, row), {2, 3, 4, 5, 7})
    basis = f"{_basis(facts, comparison)} {_reference(facts) if others else ''}"
    return paragraphs(rows, basis.rstrip())


def _alone(facts: Facts, judged: Verdict) -> str:
    found = {name: after for name, (_, after) in sorted(facts.others.items())} | judged.metrics

    def row(name: str) -> list[str]:
        return [*metric_cells(judged, name), figure(found[name]), figure(facts.reference.get(name))]

    header = ["metric", f"better{GAP}is", f"this{GAP}run", "reference"]
    return table(header, cut_rows(ordered(judged, found), ROWS, row), {2, 3})


def _moved(judged: Verdict, parts: list[Part], against: str) -> str:
    moved = [part for part in parts if part.primary.effect.startswith("surely")]
    moved.sort(key=lambda part: _order(judged, part))
    metric = text(judged.primary, CELL)
    if not moved:
        return f"**Groups:** none of {len(parts):,} moved for sure{against}, by {metric}."
    header = ["group", "rows", "before", f"this{GAP}run", "difference", "interval", "effect"]
    number = f"{len(moved):,} of {len(parts):,}"
    return paragraphs(
        f"**Groups:** {number} moved for sure{against}, by {metric}; the worst first. "
        "Intervals are wider than above, because many groups are looked at.",
        table(header, cut_rows(moved, PARTS, _part), range(1, 6)),
    )


def ordered(judged: Verdict, names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: name != judged.primary)


def _order(judged: Verdict, part: Part) -> tuple[bool, float]:
    """Return whether this model is better on a part, and the improvement."""
    change = part.primary.difference or 0.0
    higher = judged.higher_is_better.get(judged.primary, True)
    return part.primary.effect == "surely better", change if higher else -change


def metric_cells(judged: Verdict, name: str) -> tuple[str, str]:
    known = TABLE[name].higher_is_better if name in TABLE else None
    shown, higher = text(name, CELL), judged.higher_is_better.get(name, known)
    better = NONE if higher is None else "higher" if higher else "lower"
    return f"**{shown}**" if name == judged.primary else shown, better


def _part(part: Part) -> list[str]:
    group = f"{text(part.slice, 40)}: {text(part.value, 40)}"
    return [group, f"{part.rows:,}", *_figures(part.primary), f"**{part.primary.effect}**"]


def judged_cells(found: Difference) -> list[str]:
    shown = effect(found).replace(" ", GAP)
    return [*_figures(found), f"**{shown}**" if found.effect.startswith("surely") else shown]


def _figures(found: Difference) -> list[str]:
    digits = places(found.other, found.this)
    return [
        figure(found.other, digits),
        figure(found.this, digits),
        signed(found.difference, digits),
        interval(found.low, found.high, digits),
    ]


def _unjudged(before: float | None, after: float | None) -> list[str]:
    """Return the cells of a metric without an interval: one of the runs may not have it."""
    if before is not None and after is not None:
        change = signed(after - before, places(before, after))
        return [figure(before), figure(after), change, NONE, f"not{GAP}judged"]
    became = "new" if before is None else "removed"
    return [figure(before), figure(after), NONE, NONE, "undefined" if before == after else became]


def _basis(facts: Facts, comparison: Comparison) -> str:
    rows = name_of_rows(facts)
    basis = f"Compared on {comparison.rows:,} {rows} in {count(comparison.blocks, 'block')}."
    if comparison.left_out:
        basis += f" Left out: {comparison.left_out:,} that one of the models has learned from."
    return basis


def _reference(facts: Facts) -> str:
    return "The reference is the simple model to beat." if facts.reference else ""
