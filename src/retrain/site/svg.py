"""Pictures as SVG, and the scales in them.

A picture says in words what it shows, and its colours are those of the page.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

from retrain.site.html import Child, el

WIDE, NARROW = 1040.0, 350.0  # pixels: of a desk's page, and of a phone's
TOP, BOTTOM = 26.0, 30.0
BASELINE = 4.0  # from the middle of a letter
ROUND = (1, 2, 2.5, 5, 10)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = (HOUR / 4, HOUR, 3 * HOUR, 6 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY)
MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
EPOCH = datetime(2001, 1, 1, tzinfo=UTC)  # a Monday
LETTER = 6.6  # pixels, at 12 pixels' height: a little more than most have
LINE = 11.0  # pixels from a line of text to the next


@dataclass(frozen=True)
class Scale:
    """A line from `first` to `last`, at pixels `start` to `end`."""

    first: float
    last: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.first) / (self.last - self.first)
        return self.start + share * (self.end - self.start)

    def at(self, time: datetime) -> float:
        return self(time.timestamp())


def around(values: Sequence[float], start: float, end: float) -> Scale:
    """Return a scale on which all values have some room; equal ones are in its middle."""
    low, high = min(values), max(values)
    room = (high - low or abs(high) * 0.1 or 1) * 0.08
    return Scale(low - room, high + room, start, end)


def ticks(scale: Scale, about: int) -> list[tuple[float, str]]:
    """Return round values within a scale, and how to write them."""
    least = (scale.last - scale.first) / about
    power = 10.0 ** math.floor(math.log10(least))
    step = next(each * power for each in ROUND if each * power >= least * (1 - 1e-9))
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    digits += not math.isclose(step, round(step, digits))
    numbers = range(math.ceil(scale.first / step), math.floor(scale.last / step) + 1)
    return [(each * step, f"{each * step:.{digits}f}".replace("-", "\u2212")) for each in numbers]


def times(first: datetime, last: datetime, about: int) -> list[tuple[datetime, str]]:
    """Return round times within two, of UTC, and how to write them."""
    for step in STEPS:
        if (last - first) / step <= about:
            number = math.ceil((first - EPOCH) / step)
            found = [EPOCH + each * step for each in range(number, number + about + 1)]
            form = _day if step >= DAY else _hour
            return [(each, form(each)) for each in found if each <= last]
    months = _month(last) - _month(first)
    apart = next((each for each in MONTHS if months / each <= about), MONTHS[-1])
    numbers = range(-(-(_month(first) + 1) // apart) * apart, _month(last) + 1, apart)
    starts = [datetime(each // 12, each % 12 + 1, 1, tzinfo=UTC) for each in numbers]
    return [(each, f"{each:%Y}" if apart >= 12 else f"{each:%b %Y}") for each in starts]


def dated(first: datetime, last: datetime) -> list[tuple[datetime, str]]:
    """Return the ends of a time with their dates, and with the hour where it is short."""
    hour = ", %H:%M" if last - first < 2 * DAY else ""
    ends = (first, last) if last > first else (first,)
    return [(each, f"{each.day} {each:%b %Y{hour}}") for each in ends]


def _month(time: datetime) -> int:
    return time.year * 12 + time.month - 1


def _day(time: datetime) -> str:
    return f"{time.day} {time:%b}"


def _hour(time: datetime) -> str:
    return f"{time:%H:%M}" if time.hour or time.minute else _day(time)


def within(label: str, middle: float, start: float, end: float) -> float:
    """Return where the middle of a label is, so that all of it is between two places."""
    half = len(label) * LETTER / 2
    return max(start + half, min(middle, end - half))


@dataclass
class Room:
    """What has a place in a picture, as start, end and height: a label covers none of it."""

    taken: list[tuple[float, float, float]] = field(default_factory=list)

    def take(self, label: str, middle: float, height: float = 0) -> bool:
        """Give a label its place; return False where something else is there."""
        half = (len(label) + 1) * LETTER / 2
        start, end = middle - half, middle + half
        if any(a < end and start < b and abs(height - at) < LINE for a, b, at in self.taken):
            return False
        self.taken.append((start, end, height))
        return True


def thinned(labels: Sequence[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """Yield the labels that have room beside each other, each by its middle; the last one first."""
    room = Room()
    yield from (each for each in reversed(labels) if room.take(*each))


@dataclass(frozen=True)
class Picture:
    """What a picture is about; `name` is its own in the page."""

    name: str
    title: str
    says: str

    def drawn(self, width: float, height: float, shapes: Iterable[Child], kind: str) -> Element:
        name = re.sub(r"\W", "-", f"{self.name}-{kind}")
        title, says = f"{name}-title", f"{name}-says"
        return el(
            "svg",
            el("title", self.title, id=title),
            el("desc", self.says, id=says),
            *shapes,
            viewBox=f"0 0 {width:g} {height:g}",
            role="img",
            aria_labelledby=f"{title} {says}",
            class_=kind,
        )


def text(words: str, x: float, y: float, kind: str = "", at: str = "middle") -> Element:
    return el("text", words, x=x, y=y + BASELINE, text_anchor=at, class_=kind or None)


def lines(kind: str, ends: Iterable[tuple[float, float, float, float]]) -> Child:
    """Return straight lines, each from one point to another, as one path."""
    drawn = "".join(f"M{_p(a)} {_p(b)}L{_p(c)} {_p(d)}" for a, b, c, d in ends)
    return el("path", d=drawn, class_=kind) if drawn else None


def dots(kind: str, points: Iterable[tuple[float, float]]) -> Child:
    """Return dots as one path: lines without a length, whose ends are round."""
    drawn = "".join(f"M{_p(x)} {_p(y)}h0" for x, y in points)
    return el("path", d=drawn, class_=kind) if drawn else None


def values(
    scale: Scale, found: Sequence[tuple[float, str]], left: float, right: float
) -> list[Child]:
    """Return the lines and the labels of a scale of values."""
    rules = lines("rule", ((left, scale(each), right, scale(each)) for each, _ in found))
    labels = (text(label, left - 6, scale(each), "tick", "end") for each, label in found)
    return [rules, *labels]


def margin(found: Sequence[tuple[float, str]]) -> float:
    """Return the room that labels need to the left of a picture."""
    return max((len(label) for _, label in found), default=1) * LETTER + 10


def _p(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
