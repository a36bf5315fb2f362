"""What was on the stages over time: a lane a stage, and the metrics of what was in production."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from retrain.report.render.numbers import figure
from retrain.site.history import MINUTE, History, Period
from retrain.site.html import Child, el, said
from retrain.site.svg import (
    BOTTOM,
    LETTER,
    TOP,
    Picture,
    Scale,
    around,
    lines,
    margin,
    text,
    ticks,
    times,
    values,
    within,
)

LANE, BAR = 74.0, 30.0
MANY = 40  # deployments, from which on marks are fine
NARROWEST = 4  # pixels of a bar that has an edge
OPEN = 0.04  # of the whole time: how far beyond the last event goes what is there now
TICK = 76  # pixels of a time and the space around it


def span(periods: Sequence[Period]) -> tuple[datetime, datetime]:
    """Return the first and the last event: the picture of one Git state is always the same."""
    ends = [each.until or each.since for each in periods]
    first, last = min(each.since for each in periods), max(ends)
    return first, last if last > first else first + timedelta(days=1)


def _scale(periods: Sequence[Period], left: float, right: float) -> Scale:
    first, last = span(periods)
    end = last + (last - first) * OPEN
    return Scale(first.timestamp(), end.timestamp(), left, right)


def _axis(periods: Sequence[Period], x: Scale, bottom: float) -> Iterator[Child]:
    found = times(*span(periods), int((x.end - x.start) // TICK) or 1)
    yield lines("rule", ((x.at(time), TOP - 6, x.at(time), bottom) for time, _ in found))
    for time, label in found:
        yield text(label, within(label, x.at(time), 0, x.end + 4), bottom + 16, "tick")


def draw_metric(history: History, metric: str, width: float, height: float, kind: str) -> Child:
    """Return the line of a metric: each version's own, for as long as it was in production."""
    found = [
        (each, value)
        for each in history.of(history.last_stage)
        if (value := history.shown(each.version).metric(metric)) is not None
    ]
    if not found:
        return None
    y = around([value for _, value in found], height - BOTTOM, TOP)
    marks = ticks(y, 4 if kind == "small" else 6)
    left = margin(marks)
    x = _scale(history.periods, left, width - 4)
    shapes = [
        *_axis(history.periods, x, height - BOTTOM),
        *values(y, marks, left, width - 4),
        *_steps(found, x, y),
    ]
    title = f"{metric} over time in {history.last_stage}"
    first, last = found[0], found[-1]
    what = (
        f"{metric} of what was in {history.last_stage}: {figure(first[1])} of "
        f"{first[0].version.name} since {first[0].since:{MINUTE}} UTC, {figure(last[1])} of "
        f"{last[0].version.name} since {last[0].since:{MINUTE}} UTC."
    )
    return Picture(f"time-{metric}", title, what).drawn(width, height, shapes, kind)


def _steps(found: Sequence[tuple[Period, float]], x: Scale, y: Scale) -> Iterator[Child]:
    level = [
        (x.at(each.since), y(value), x.at(each.until) if each.until else x.end, y(value))
        for each, value in found
    ]
    # nothing was there between two that do not meet
    rises = [
        (after[0], before[3], after[0], after[1])
        for before, after in pairwise(level)
        if abs(before[2] - after[0]) < 0.05
    ]
    fine = " fine" if len(found) > MANY else ""
    yield lines(f"rise{fine}", rises)
    yield lines(f"step{fine}", level)
    returns = [
        ends for (each, _), ends in zip(found, level, strict=True) if each.deployment.rolled_back
    ]
    yield from (_back(ends[0], ends[1], 3 if fine else 5) for ends in returns)
    free = -1.0
    for (each, _), (start, height, end, _) in zip(found, level, strict=True):
        half = len(each.version.name) * LETTER / 2
        middle = within(each.version.name, (start + end) / 2, x.start, x.end)
        if 2 * half < end - start and middle - half > free:
            yield text(each.version.name, middle, height - 12, "tick")
            free = middle + half


def draw_lanes(history: History, width: float, kind: str) -> Child:
    """Return the time line: a lane a stage, a bar for each time that a version was there."""
    if not history.periods:
        return None
    lanes = [stage for stage in history.stages if history.of(stage)]
    height = TOP + LANE * len(lanes) + BOTTOM - 10
    x = _scale(history.periods, 2, width - 14)
    shapes = [*_axis(history.periods, x, height - BOTTOM)]
    for number, stage in enumerate(lanes):
        shapes += _lane(stage, history.of(stage), x, TOP + LANE * number)
    first, last = span(history.periods)
    returns = sum(each.deployment.rolled_back for each in history.periods)
    says = (
        f"{len(history.periods)} deployments to {', '.join(lanes)}, {returns} of them roll-backs, "
        f"from {first:{MINUTE}} to {last:{MINUTE}} UTC."
    )
    return Picture("lanes", "Deployments and roll-backs", said(says)).drawn(
        width, height, shapes, kind
    )


def _lane(stage: str, periods: Sequence[Period], x: Scale, top: float) -> Iterator[Child]:
    yield text(said(stage, 40), x.start, top + 4, "lane", "start")
    upper, lower = top + 28, top + 28 + BAR
    dense = " dense" if (x.end - x.start) / len(periods) < NARROWEST else ""
    for number, each in enumerate(periods):
        start, end = x.at(each.since), x.at(each.until) if each.until else x.end
        outside = "" if each.deployment.signed else " outside"
        kind = f"bar{dense} {'even' if number % 2 else 'odd'}{outside}"
        tip = "" if each.until else f"L{end + 10:.1f} {(upper + lower) / 2:.1f}"
        shape = f"M{start:.1f} {upper:.1f}H{end:.1f}{tip}L{end:.1f} {lower:.1f}H{start:.1f}Z"
        when = f"{each.since:{MINUTE}} to {f'{each.until:{MINUTE}}' if each.until else 'now'}"
        back = each.deployment.rolled_back
        label = f"{each.version.name}, {when}{', rolled back' if back else ''}"
        yield el("path", el("title", label), d=shape, class_=kind)
        if back:
            yield _back(start + 4, top + 21, 4)
        if len(each.version.name) * LETTER + 8 < end - start:
            yield text(each.version.name, (start + end) / 2, (upper + lower) / 2, "name")


def _back(x: float, y: float, size: int) -> Child:
    """Return the mark of a roll-back: a triangle that points back."""
    shape = f"M{x - size:.1f} {y:.1f}l{1.7 * size:.1f} -{size}v{2 * size}Z"
    return el("path", d=shape, class_="back")
