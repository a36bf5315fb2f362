"""Pictures as SVG: one says in words what it shows, and its colours are those of the page."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from retrain.site.html import Child, el
from retrain.site.scale import LETTER, Scale

WIDE, NARROW = 1040.0, 350.0  # pixels: of a desk's page, and of a phone's
TOP, BOTTOM = 26.0, 30.0
BASELINE = 4.0  # from the middle of a letter


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
