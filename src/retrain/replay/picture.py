"""What a replay has found, as one picture that stands by itself: SVG, for light and for dark."""

from collections.abc import Iterator
from xml.etree.ElementTree import tostring

from retrain.replay.schema import ALARM, Course, Figure, Replay
from retrain.replay.tables import name_of
from retrain.report.render.numbers import figure
from retrain.site.html import Child, el, said
from retrain.site.svg import LETTER, Picture, Scale, around, lines, text, thinned, ticks, values

WIDTH, LEFT, RIGHT = 800.0, 100.0, 16.0
HEAD, TITLE, GAP = 62.0, 24.0, 18.0  # above the first panel, above each, below each
HEIGHTS = (190.0, 110.0, 110.0)  # of the panels, the first of which is the primary metric's
LANE, FOOT = 22.0, 34.0
CLOSE = 16.0  # pixels a month: with fewer, points and intervals would hide each other
APART = 11.0  # pixels between the points of two policies, at most
DOTS = ("dot round", "dot square", "dot round", "dot square")
STYLE = """
svg { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --back: #ffffff; --text: #1b2027; --quiet: #56606c; --line: #d5dbe2;
  --a: #6e7781; --b: #0550ae; --c: #bc4c00; --d: #11802f; }
@media (prefers-color-scheme: dark) { svg { --back: #10151b; --text: #e7ebf0; --quiet: #a4afbb;
  --line: #35404c; --a: #9da7b1; --b: #6cb0ff; --c: #f0983e; --d: #4fc966; } }
.back { fill: var(--back); stroke: var(--line); }
text { fill: var(--text); } .tick { fill: var(--quiet); } .title { font-weight: 600; }
path { fill: none; stroke-linecap: round; } .rule { stroke: var(--line); }
.line { stroke-width: 1.5; } .dot { stroke-width: 8; } .square { stroke-linecap: square;
  stroke-width: 6.5; } .interval { stroke-width: 2; opacity: .5; } .ring { stroke-width: 2; }
.a { stroke: var(--a); } .b { stroke: var(--b); } .c { stroke: var(--c); } .d { stroke: var(--d); }
.alarm { fill: var(--c); stroke: none; }
"""
COLOURS = "abcd"


def drawn(found: Replay) -> str:
    metrics = [*found.higher_is_better][: len(HEIGHTS)]
    top, shapes = HEAD, [*_legend(found)]
    months = [month.name for month in found.courses[0].months]
    across = Scale(0, len(months), LEFT, WIDTH - RIGHT)
    for metric, height in zip(metrics, HEIGHTS, strict=False):
        shapes += _panel(found, metric, across, top + TITLE, top + TITLE + height)
        top += TITLE + height + GAP
    shapes += _lanes(found, across, top)
    bottom = top + TITLE + LANE * len(found.courses)
    named = [(name, across(place + 0.5)) for place, name in enumerate(months)]
    shapes += [text(name, at, bottom + 12, "tick") for name, at in thinned(named)]
    height = bottom + FOOT
    back = el("rect", x=0.5, y=0.5, width=WIDTH - 1, height=height - 1, rx=8.0, class_="back")
    picture = Picture("replay", _title(found), _says(found))
    svg = picture.drawn(WIDTH, height, [el("style", STYLE), back, *shapes], "replay")
    svg.set("xmlns", "http://www.w3.org/2000/svg")
    svg.set("width", f"{WIDTH:g}")
    svg.set("height", f"{height:g}")
    return f"{tostring(svg, encoding='unicode')}\n"


def _title(found: Replay) -> str:
    return said(
        f"Does retraining pay? {found.first} to {found.last}, {found.rows:,} {found.called}"
    )


def _says(found: Replay) -> str:
    each = (
        f"{name_of(course.policy, found.unit)} {figure(course.figures[found.primary].value)}"
        for course in found.courses
    )
    return said(f"{found.primary} of all {found.unit}s together: {', '.join(each)}.")


def _legend(found: Replay) -> Iterator[Child]:
    """Yield the title, and below it each policy with its mark and what it took."""
    yield text(_title(found), 16, 24, "title", "start")
    at = 22.0
    for number, course in enumerate(found.courses):
        yield _dot(number, at, 48)
        taken = f"{course.trainings} trainings" if course.trainings else "no training"
        label = f"{name_of(course.policy, found.unit)} ({taken})"
        yield text(label, at + 11, 48, at="start")
        at += 34 + len(label) * LETTER


def _dot(number: int, x: float, y: float) -> Child:
    return el("path", d=f"M{x:.1f} {y:.1f}h0", class_=f"{DOTS[number]} {COLOURS[number]}")


def _panel(found: Replay, metric: str, across: Scale, top: float, bottom: float) -> Iterator[Child]:
    better = "higher" if found.higher_is_better[metric] else "lower"
    yield text(said(f"{metric}, {better} is better", 60), 16, top - 14, "title", "start")
    close = across(1) - across(0) < CLOSE
    numbers = [
        value
        for course in found.courses
        for month in course.months
        for value in _values(month.figures[metric], close)
    ]
    if not numbers:
        yield text("undefined", across.start, top + 10, "tick", "start")
        return
    up = around(numbers, bottom, top)
    yield from values(up, ticks(up, 6 if bottom - top > 150 else 3), across.start, across.end)
    for number, course in enumerate(found.courses):
        yield from _course(number, course, len(found.courses), metric, across, up, close)


def _values(found: Figure, close: bool) -> list[float]:
    wanted = (found.value,) if close else (found.value, found.low, found.high)
    return [each for each in wanted if each is not None]


def _course(
    number: int, course: Course, courses: int, metric: str, across: Scale, up: Scale, close: bool
) -> Iterator[Child]:
    colour, wide = COLOURS[number], across(1) - across(0)
    aside = 0 if close else (number - (courses - 1) / 2) * min(APART, wide / (courses + 1))
    points: list[tuple[float, float]] = []
    intervals = []
    for place, month in enumerate(course.months):
        found, x = month.figures[metric], across(place + 0.5) + aside
        if found.value is None:
            continue
        points.append((x, up(found.value)))
        if found.low is not None and found.high is not None:
            intervals.append((x, up(found.low), x, up(found.high)))
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    yield el("path", d=f"M{path}", class_=f"line {colour}") if len(points) > 1 else None
    if not close:
        yield lines(f"interval {colour}", intervals)
        yield from (_dot(number, *point) for point in points)


def _lanes(found: Replay, across: Scale, top: float) -> Iterator[Child]:
    """Yield a line a policy: its alarms in their months, its trainings at the end of theirs."""
    words = f"After each {found.unit}: full, trained and taken; ring, trained and not taken"
    alarm = "; triangle, an alarm" if found.monitored else ""
    yield text(words + alarm, 16, top + 8, "title", "start")
    for number, course in enumerate(found.courses):
        y = top + TITLE + LANE * (number + 0.5)
        yield lines("rule", [(across.start, y, across.end, y)])
        yield text(name_of(course.policy, found.unit), across.start - 8, y, "tick", "end")
        yield from _marks(number, course, across, y)


def _marks(number: int, course: Course, across: Scale, y: float) -> Iterator[Child]:
    for place, month in enumerate(course.months):
        x = across(place + 1)
        if month.taken:
            yield _dot(number, x, y)
        elif month.trained:
            ring = f"M{x - 4:.1f} {y:.1f}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z"
            yield el("path", d=ring, class_=f"ring {COLOURS[number]}")
        if month.alarms and course.policy == ALARM:
            x = across(place + 0.5)
            yield el("path", d=f"M{x - 5:.1f} {y + 4:.1f}h10l-5 -9Z", class_="alarm")
