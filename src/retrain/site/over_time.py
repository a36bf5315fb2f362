"""What was on the stages over time: a lane a stage, and the metrics of what was in production."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from retrain.report.render.numbers import figure
from retrain.site.history import MINUTE, History, Period
from retrain.site.html import Child, el, said
from retrain.site.svg import (
    BOTTOM,
    DAY,
    LETTER,
    LINE,
    TOP,
    Picture,
    Room,
    Scale,
    around,
    dated,
    lines,
    margin,
    text,
    ticks,
    times,
    values,
    within,
)

LANE, BAR = 88.0, 30.0
CLOSE = 28  # pixels, for a triangle and how many it stands for
MANY = 40  # deployments, from which on marks are fine
NARROWEST = 4  # pixels of a bar that has an edge
OPEN = 0.04  # of the whole time: how far beyond the last event goes what is there now
TICK = 76  # pixels of a time and the space around it


class Step(NamedTuple):
    """A line of a metric, in pixels."""

    name: str
    start: float
    end: float
    height: float


def span(periods: Sequence[Period]) -> tuple[datetime, datetime]:
    """Return the first and the last event: the picture of one Git state is always the same."""
    return min(each.since for each in periods), max(each.until or each.since for each in periods)


def _scale(periods: Sequence[Period], left: float, right: float) -> Scale:
    first, last = span(periods)
    end = last + (last - first or DAY) * OPEN
    return Scale(first.timestamp(), end.timestamp(), left, right)


def _axis(periods: Sequence[Period], x: Scale, bottom: float) -> Iterator[Child]:
    """Yield the time's ends, each with its date, and the round times that have room between."""
    first, last = span(periods)
    ends, between = dated(first, last), times(first, last, int((x.end - x.start) // TICK) or 1)
    room = Room()
    for time, label in [*ends, *between]:
        middle = within(label, x.at(time), 0, x.end + 4)
        if room.take(label, middle, bottom + 16):
            yield lines("rule", [(x.at(time), TOP - 6, x.at(time), bottom)])
            yield text(label, middle, bottom + 16, "tick")


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
    steps = _joined(found, x, y)
    # nothing was there between two that do not meet
    rises = [
        (after.start, before.height, after.start, after.height)
        for before, after in pairwise(steps)
        if _meet(before, after)
    ]
    fine = " fine" if len(steps) > MANY else ""
    yield lines(f"rise{fine}", rises)
    yield lines(f"step{fine}", ((each.start, each.height, each.end, each.height) for each in steps))
    room = Room([(each.start, each.end, each.height) for each in steps])
    for place, *heights in ((x, one, other) for x, one, _, other in rises):
        between = range(int(min(heights)), int(max(heights)), int(LINE))
        room.taken += [(place, place, height) for height in between]
    for each in sorted(steps, key=lambda each: each.start - each.end):
        for middle, height in _places(each, bool(fine)):
            half = len(each.name) * LETTER / 2
            inside = x.start <= middle - half and middle + half <= x.end
            if inside and room.take(each.name, middle, height):
                yield text(each.name, middle, height, "tick over")
                break


def _joined(found: Sequence[tuple[Period, float]], x: Scale, y: Scale) -> list[Step]:
    """Return the lines; the same version again, at once, goes on with its line."""
    steps: list[Step] = []
    for period, value in found:
        now = Step(period.version.name, *_ends(period, x), y(value))
        if steps and steps[-1].name == now.name and _meet(steps[-1], now):
            now = now._replace(start=steps.pop().start)
        steps.append(now)
    return steps


def _meet(before: Step, after: Step) -> bool:
    return abs(before.end - after.start) < 0.05


def _places(step: Step, fine: bool) -> list[tuple[float, float]]:
    """Return where a line's label may be: over it; if the line is short, rather beside it."""
    half, middle = len(step.name) * LETTER / 2, (step.start + step.end) / 2
    above, below = (middle, step.height - 12), (middle, step.height + 12)
    if 2 * half + LETTER < step.end - step.start:
        return [above]
    beside = [(step.end + half + 6, step.height), (step.start - half - 6, step.height)]
    return [] if fine else [*beside, above, below]


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
    yield text(said(stage, 40), x.start + 4, top + 4, "lane", "start")
    upper, lower = top + 28, top + 28 + BAR
    dense = " dense" if (x.end - x.start) / len(periods) < NARROWEST else ""
    for number, each in enumerate(periods):
        start, end = _ends(each, x)
        outside = "" if each.deployment.signed else " outside"
        kind = f"bar{dense} {'even' if number % 2 else 'odd'}{outside}"
        tip = "" if each.until else f"L{end + 10:.1f} {(upper + lower) / 2:.1f}"
        shape = f"M{start:.1f} {upper:.1f}H{end:.1f}{tip}L{end:.1f} {lower:.1f}H{start:.1f}Z"
        when = f"{each.since:{MINUTE}} to {f'{each.until:{MINUTE}}' if each.until else 'now'}"
        back = ", rolled back" if each.deployment.rolled_back else ""
        yield el("path", el("title", f"{each.version.name}, {when}{back}"), d=shape, class_=kind)
    yield from _names(periods, x, (upper + lower) / 2, None if dense else lower + 11)
    yield from returns([x.at(each.since) for each in periods if each.deployment.rolled_back], top)


def _names(
    periods: Sequence[Period], x: Scale, inside: float, below: float | None
) -> Iterator[Child]:
    """Yield the names of versions: in the bar, or below a short one, where there is room."""
    room = Room()
    for each in reversed(periods):
        name, (start, end) = each.version.name, _ends(each, x)
        middle = within(name, (start + end) / 2, 0, x.end + 14)
        if len(name) * LETTER + 8 < end - start:
            yield text(name, (start + end) / 2, inside, "name")
        elif below is not None and room.take(name, middle):
            yield text(name, middle, below, "tick")


def returns(found: Sequence[float], top: float) -> Iterator[Child]:
    """Yield a triangle that points back for each roll-back; those close together share one."""
    rest = [*found]
    while rest:
        start, close = rest[0], [each for each in rest if each < rest[0] + CLOSE]
        yield el("path", d=f"M{start:.1f} {top + 21:.1f}l6.8 -4v8Z", class_="back")
        if len(close) > 1:
            yield text(str(len(close)), start + 9, top + 21, "tick", "start")
        rest = rest[len(close) :]


def _ends(period: Period, x: Scale) -> tuple[float, float]:
    return x.at(period.since), x.at(period.until) if period.until else x.end
