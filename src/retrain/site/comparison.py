"""How a version compares: curves and groups beside the champion's, what differs from before."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from retrain.deployment import lineage as lineages
from retrain.deployment.facts import Lineage
from retrain.gate.schema import Verdict
from retrain.report.render.charts import CHARTS, Chart
from retrain.report.render.numbers import effect, figure, interval, signed
from retrain.run.outputs import Slice
from retrain.site.html import Child, details, el, said, table
from retrain.site.svg import (
    BOTTOM,
    NARROW,
    Picture,
    Scale,
    around,
    lines,
    margin,
    text,
    ticks,
    values,
    within,
)

HEIGHT = 260.0
Points = Sequence[tuple[float, float, float]]


def differences(before: Lineage, now: Lineage) -> Child:
    """Return what a version is made of that the one before it is not."""
    found = lineages.differences(before, now)
    rows: list[list[Child]] = [
        [el("code", said(name, 200)), kind, *(el("code", said(each, 40)) for each in values)]
        for section, kind in lineages.MADE_OF.items()
        for name, values in found.get(section, {}).items()
    ]
    title = f"What differs from {before.version}"
    headers = ["name", "kind", before.version, now.version]
    return details(f"{title}: {len(rows)}", table(title, headers, rows)) if rows else None


def groups(verdict: Verdict, slices: Sequence[Slice]) -> Child:
    """Return the primary metric by group of rows, and how it differs from the champion's."""
    name, champion = verdict.primary, verdict.champion
    parts = {(each.slice, each.value): each.primary for each in champion.parts} if champion else {}
    rows: list[list[Child]] = []
    for each in slices:
        part = parts.get((each.slice, each.value))
        compared = (
            [signed(part.difference), interval(part.low, part.high), effect(part)]
            if part
            else [""] * 3
        )
        group = f"{said(each.slice, 40)}: {said(each.value, 40)}"
        numbers = (figure(found.get(name)) for found in (each.model, each.reference))
        rows.append([group, f"{each.rows:,}", *numbers, *compared])
    headers = ["group", "rows", "this", "reference", "difference", "interval", "so it is"]
    title = f"{said(name, 60)} by group of rows"
    return (
        details(f"{title}: {len(rows)}", table(title, headers, rows, range(1, 6))) if rows else None
    )


def curves(verdict: Verdict) -> Iterator[Child]:
    """Yield the curves of this version and of the champion, on the same rows."""
    found = verdict.champion.curves if verdict.champion else {}
    drawn = [
        el("figure", el("figcaption", el("b", chart.title)), _draw(name, chart, found[name]))
        for name, chart in CHARTS[verdict.task].items()
        if len(found.get(name, [])) > 1 and found[name][0][0] < found[name][-1][0]
    ]
    if drawn:
        yield el(
            "p", "Curves: the line is this version, the dashed one the champion, on the same rows."
        )
        yield el("div", *drawn, class_="grid")


def _draw(name: str, chart: Chart, points: Points) -> Child:
    first, last = points[0][0], points[-1][0]
    y = around([each for _, *both in points for each in both], HEIGHT - BOTTOM - 14, 10)
    marks = ticks(y, 5)
    x = Scale(first, last, margin(marks), NARROW - 6)
    axis = ticks(x, 5)
    guide = [(first, first), (last, last)] if chart.is_diagonal else [(first, 0), (last, 0)]
    shapes = [
        *values(y, marks, x.start, x.end),
        *(text(each, within(each, x(at), 0, NARROW), HEIGHT - BOTTOM, "tick") for at, each in axis),
        text(chart.x, (x.start + x.end) / 2, HEIGHT - 10, "tick"),
        _line("guide", x, y, guide) if chart.guide else None,
        _line("curve champion", x, y, [(each[0], each[2]) for each in points]),
        _line("curve", x, y, [(each[0], each[1]) for each in points]),
    ]
    guided = f" Dotted: {chart.guide}." if chart.guide else ""
    says = f"{chart.y} by {chart.x}, of this version and of the champion.{guided}"
    return Picture(f"curve-{name}", chart.title, says).drawn(NARROW, HEIGHT, shapes, "small")


def _line(kind: str, x: Scale, y: Scale, points: Sequence[tuple[float, float]]) -> Child:
    places = [(x(at), y(value)) for at, value in points]
    return lines(kind, ((*one, *other) for one, other in pairwise(places)))
