"""The page of a comparison: the distributions one over the other, the furthest apart first."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

import numpy as np

from retrain.metrics.distributions import Floats
from retrain.metrics.samples import Numbers, Sample
from retrain.monitoring.drift import Compared
from retrain.monitoring.schema import Drift, Feature
from retrain.site.html import badge, el, facts, page, said, section, table
from retrain.site.svg import Picture, Scale, text

FEW = 24  # different values: each has a bar of its own
BARS = 40
WORDS = 12  # categories that are shown
SHOWN = 60  # features with a picture
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 480.0, 150.0, 4.0, 22.0, 8.0
SIGNS = {"alarm": ("!", "Alarm", "block"), "none": ("✓", "No alarm", "promote")}
TOO_FEW = ("?", "Too few to say", "warning")

Bars = list[tuple[str, float, float]]  # a label, the share in training, and now


def render(found: Compared) -> str:
    drift = found.drift
    sign, words, kind = SIGNS.get(drift.status, TOO_FEW)
    head = el(
        "header",
        el("h1", "Has the world moved?"),
        el("p", badge(sign, words, kind)),
        facts(
            [
                ("Compared with", said(drift.against)),
                ("Rows", f"{drift.rows:,}"),
                ("From", said(drift.period)),
            ]
        ),
        *(el("p", said(note), class_="quiet") for note in drift.notes),
    )
    alarms = [el("li", said(each.what)) for each in drift.alarms]
    drawn = (_figure(feature, found) for feature in drift.features[:SHOWN])
    shown = [each for each in drawn if each is not None]
    return page(
        "Has the world moved?",
        head,
        section("Alarms", el("ul", *alarms)) if alarms else None,
        section(
            "Distributions",
            el(
                "p",
                "Filled: what the model has learned from. Line: what is seen now.",
                class_="quiet",
            ),
            el("div", *shown, class_="grid"),
        )
        if shown
        else None,
        _figures(drift),
    )


def _figures(drift: Drift) -> Element | None:
    if not drift.features:
        return None
    rows = [
        (
            said(each.name),
            _number(each.psi),
            _number(each.ks),
            f"{each.missing:.1%}",
            f"{each.learned_missing:.1%}",
        )
        for each in drift.features
    ]
    headers = ["feature", "PSI", "KS", "missing", "in training"]
    return section("Figures", table("The furthest apart first", headers, rows, (1, 2, 3, 4)))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _figure(feature: Feature, found: Compared) -> Element | None:
    for then, now in zip(found.learned, found.now, strict=True):
        if feature.name in then.names.all:
            bars = shares(feature.name, then, now)
            return _drawn(feature, bars, {each.feature for each in found.drift.alarms})
    return None


def shares(name: str, then: Sample, now: Sample) -> Bars:
    """Return which part of the known values is where, in training and now."""
    if name in then.words:
        return _categories(name, then, now)
    one, other = then.numbers[name], now.numbers[name]
    if len(one.bins) <= FEW:
        labels = ["less", *(f"{value:.4g}" for value in one.bins)]
        pairs = zip(labels, _parts(one.counts), _parts(other.counts), strict=True)
        return [(label, a, b) for label, a, b in pairs if label != "less" or b]
    low, high = (
        min(one.low, _finite(other.low, one.low)),
        max(one.high, _finite(other.high, one.high)),
    )
    low, high = max(low, _reach(one, -1)), min(high, _reach(one, 1))
    edges = np.linspace(low, high, BARS + 1)
    before, after = (np.diff(_below(each, edges)) for each in (one, other))
    return [(f"{edges[at]:.4g}", before[at], after[at]) for at in range(BARS)]


def _categories(name: str, then: Sample, now: Sample) -> Bars:
    one, other = then.words[name], now.words[name]
    names = [word for word, _ in (one + other).most_common(WORDS)]
    bars = [(w, one[w] / max(one.total(), 1), other[w] / max(other.total(), 1)) for w in names]
    before, after = 1 - sum(bar[1] for bar in bars), 1 - sum(bar[2] for bar in bars)
    few = max(before, after) < 0.001
    return bars if few else [*bars, ("others", max(before, 0), max(after, 0))]


def _parts(counts: Floats) -> Floats:
    return np.asarray(counts / max(counts.sum(), 1), "float64")


def _finite(value: float, other: float) -> float:
    return value if np.isfinite(value) else other


def _reach(numbers: Numbers, side: int) -> float:
    """Return a place that all but a few values are inside of: one outlier would hide the rest."""
    low, high = np.interp([0.001, 0.999], np.cumsum(_parts(numbers.counts))[:-1], numbers.bins)
    return float(high + (high - low) if side > 0 else low - (high - low))


def _below(numbers: Numbers, at: Floats) -> Floats:
    """Return which part of the values is below some places."""
    shares = np.cumsum(_parts(numbers.counts))
    places = [_finite(numbers.low, 0), *numbers.bins, _finite(numbers.high, 0)]
    order = np.argsort(places, kind="stable")
    found = np.interp(at, np.array(places)[order], np.array([0, *shares[:-1], 1.0])[order])
    return np.asarray(found, "float64")


def _drawn(feature: Feature, bars: Bars, alarmed: set[str]) -> Element:
    top = max((max(then, now) for _, then, now in bars), default=1) or 1
    across = Scale(0, max(len(bars), 1), LEFT, WIDTH - LEFT)
    up = Scale(0, top, HEIGHT - BOTTOM, TOP)
    filled = [
        el(
            "rect",
            x=across(place) + 0.5,
            y=up(then),
            width=across(1) - across(0) - 1,
            height=up(0) - up(then),
            class_="bar even",
        )
        for place, (_, then, _) in enumerate(bars)
    ]
    line = "".join(
        f"{'L' if place else 'M'}{across(place):.1f} {up(now):.1f}H{across(place + 1):.1f}"
        for place, (_, _, now) in enumerate(bars)
    )
    labels = _labels(bars, across)
    name, psi = said(feature.name, 80), _number(feature.psi)
    picture = Picture(f"feature-{feature.name}", name, f"PSI {psi}" if psi else name)
    shapes = [*filled, el("path", d=line, class_="other"), *labels]
    mark = badge("!", "alarm", "block") if feature.name in alarmed else None
    caption = el("figcaption", el("b", name), f"  PSI {psi} " if psi else " ", mark)
    return el("figure", caption, picture.drawn(WIDTH, HEIGHT, shapes, "small"))


def _labels(bars: Bars, across: Scale) -> Sequence[Element]:
    every = 1 if len(bars) <= WORDS + 1 else -(-len(bars) // 6)
    return [
        text(said(label, 8), across(place + 0.5), HEIGHT - BOTTOM / 2, "tick")
        for place, (label, _, _) in enumerate(bars)
        if place % every == 0
    ]
