"""A metric over the versions, and what each verdict says of the difference to the champion."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from retrain.report.render.numbers import figure
from retrain.site.history import History, Shown
from retrain.site.html import Child, el, said
from retrain.site.svg import (
    BOTTOM,
    LETTER,
    TOP,
    Picture,
    Scale,
    around,
    dots,
    lines,
    margin,
    text,
    thinned,
    ticks,
    values,
    within,
)

ROOM, TIGHT = 12, 4  # pixels a version, from which on marks are large, and fine
HEADING = 18.0  # pixels: for the names of the strips


@dataclass(frozen=True)
class Point:
    """Of a version: its metric, the champion's on the same rows, and the interval laid on that."""

    place: int
    shown: Shown
    value: float
    other: float | None
    low: float | None
    high: float | None

    @property
    def all(self) -> list[float]:
        return [each for each in (self.value, self.other, self.low, self.high) if each is not None]


def points(history: History, metric: str) -> list[Point]:
    return [
        point
        for place, shown in enumerate(history.versions)
        if (point := _point(place, shown, metric)) is not None
    ]


def _point(place: int, shown: Shown, metric: str) -> Point | None:
    found, value = shown.compared(metric), shown.metric(metric)
    if found is None or found.this is None or found.other is None:
        return None if value is None else Point(place, shown, value, None, None, None)
    if found.low is None or found.high is None:
        return Point(place, shown, found.this, found.other, None, None)
    ends = (found.other + found.low, found.other + found.high)
    return Point(place, shown, found.this, found.other, *ends)


def differences(history: History, metric: str) -> list[Point]:
    """Return the same with each difference in place of the metric, beside none."""
    return [
        Point(place, shown, found.difference, 0, found.low, found.high)
        for place, shown in enumerate(history.versions)
        if (found := shown.compared(metric)) and found.difference is not None
    ]


def draw(history: History, metric: str, width: float, height: float, kind: str) -> Child:
    """Return the picture; `kind` is where it is seen: wide, narrow, or small, without labels."""
    about = Picture(f"versions-{metric}", f"{metric} over versions", "")
    return _draw(history, points(history, metric), about, width, height, kind)


def draw_differences(
    history: History, metric: str, width: float, height: float, kind: str
) -> Child:
    about = Picture(f"apart-{metric}", f"Difference in {metric} to the champion, by version", "")
    return _draw(history, differences(history, metric), about, width, height, kind)


def _draw(
    history: History, found: list[Point], about: Picture, width: float, height: float, kind: str
) -> Child:
    if not found:
        return None
    top = TOP + (HEADING if kind == "wide" else 0)
    y = around([value for point in found for value in point.all], height - BOTTOM, top + 6)
    marks = ticks(y, 4 if kind == "small" else 6)
    left, right = margin(marks), width - 4
    x = Scale(-0.5, len(history.versions) - 0.5, left, right)
    step = (right - left) / len(history.versions)
    shapes = [
        *(_windows(history, x, height) if kind == "wide" else ()),
        *values(y, marks, left, right),
        *_names(history, x, height),
        *_marks(found, x, y, step),
        *_production(history, found, x, y, top, step),
    ]
    return replace(about, says=_says(found, about.title)).drawn(width, height, shapes, kind)


def _says(found: Sequence[Point], title: str) -> str:
    first, last = found[0], found[-1]
    best, worst = (figure(pick(point.value for point in found)) for pick in (max, min))
    return (
        f"{title}: {len(found)} of them, from {figure(first.value)} of {first.shown.name} to "
        f"{figure(last.value)} of {last.shown.name}; the highest is {best}, the lowest {worst}."
    )


def _windows(history: History, x: Scale, height: float) -> Iterator[Child]:
    """Yield a strip for each part of the data that has judged versions in a row."""
    windows = groupby(enumerate(history.versions), key=lambda each: each[1].window)
    strips = [(window, [place for place, _ in members]) for window, members in windows]
    if (x.end - x.start) / len(strips) < TIGHT:
        return
    for number, (window, places) in enumerate(strips):
        start, end = x(places[0] - 0.5), x(places[-1] + 0.5)
        if number % 2:
            yield el(
                "rect", x=start, y=0, width=end - start, height=height - BOTTOM + 6, class_="strip"
            )
        label = said(window, 40)
        if len(label) * LETTER < end - start - 4:
            yield text(label, (start + end) / 2, 11, "tick")


def _names(history: History, x: Scale, height: float) -> Iterator[Child]:
    names = [
        (shown.name, within(shown.name, x(place), 0, x.end + 4))
        for place, shown in enumerate(history.versions)
    ]
    yield from (text(name, middle, height - 10, "tick") for name, middle in thinned(names))


def _marks(found: Sequence[Point], x: Scale, y: Scale, step: float) -> Iterator[Child]:
    size = _size(step)
    half = min(9, step * 0.4)
    yield lines(
        f"interval{size}",
        (
            (x(each.place), y(each.low), x(each.place), y(each.high))
            for each in found
            if each.low is not None and each.high is not None
        ),
    )
    yield lines(
        f"other{size}",
        (
            (x(each.place) - half, y(each.other), x(each.place) + half, y(each.other))
            for each in found
            if each.other is not None
        ),
    )
    yield dots(f"dot{size}", ((x(each.place), y(each.value)) for each in found))


def _production(
    history: History, found: Sequence[Point], x: Scale, y: Scale, top: float, step: float
) -> Iterator[Child]:
    """Yield a ring around the version that is in production now, and say so above."""
    width = x.end + 4
    for each in found:
        if history.last_stage not in each.shown.on:
            continue
        place, height = x(each.place), y(each.value)
        size = 9 if step >= ROOM else 6
        yield lines("rule", [(place, top, place, height - size)])
        yield el("circle", cx=place, cy=height, r=size, class_="ring")
        stage = said(history.last_stage, 20)
        yield text(stage, within(f"{stage} ", place, 0, width), top - 8, "here")


def _size(step: float) -> str:
    return "" if step >= ROOM else " fine" if step >= TIGHT else " dense"
