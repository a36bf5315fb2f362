"""The first page: what is in production, then the pictures, the versions and the deployments."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from xml.etree.ElementTree import Element

from retrain.deployment.facts import OUTSIDE
from retrain.report.render.numbers import count, effect, figure, interval, signed
from retrain.site import over_time, over_versions
from retrain.site.history import History, Period, Shown, asked, verdict, why
from retrain.site.html import Child, details, el, facts, link, page, said, section, table
from retrain.site.svg import NARROW, WIDE

HEIGHT, LOW, SMALL = 300.0, 240.0, 170.0

Draw = Callable[[History, str, float, float, str], Child]


def render(history: History) -> str:
    title = f"{history.artifact}: versions and deployments"
    return page(
        title,
        el("header", el("p", said(history.artifact), class_="project"), _now(history)),
        el("main", *_problems(history), *(_history(history) if history.versions else _nothing())),
        footer(),
    )


def footer() -> Element:
    return el(
        "footer",
        el("p", "Made by ", el("code", "retrain site"), " from Git alone. Times are of UTC."),
    )


def _nothing() -> Iterator[Child]:
    yield el(
        "p",
        "No version is registered yet. The first landing makes one: ",
        el("code", "make land"),
        ".",
    )


def _now(history: History) -> Element:
    """Return what is in production, since when, by whom and why; and what the other stages have."""
    stage = history.last_stage
    others = (_other(history, each) for each in history.stages if each != stage)
    if (now := history.now(stage)) is None:
        what = el("h1", el("span", f"In {stage}"), " ", el("b", "nothing"))
        how = f".venv/bin/retrain deploy VERSION {stage} --reason '…'"
        why = el("p", "To put a version there: ", el("code", how))
        return el("div", what, why if history.versions else None, *others, class_="now")
    shown, period = history.shown(now.version), now.deployment
    rows = [
        ("since", _minute(now.since)),
        ("by", said(period.actor, 100) or "unknown"),
        ("why", said(period.reason)),
        ("run", link("the run that put it there", period.run) if period.run else None),
    ]
    metrics = [(name, shown.metric(name)) for name in history.metrics]
    before = history.of(stage)[-2:-1]
    return el(
        "div",
        el("h1", el("span", f"In {stage}"), " ", el("a", shown.name, href=shown.page)),
        el("p", *now.marks, class_="marks"),
        facts(rows),
        facts(((name, figure(value)) for name, value in metrics if value is not None), "tiles"),
        *(el("p", "Before it: ", _link(history, each), ".", class_="quiet") for each in before),
        *others,
        class_="now",
    )


def _other(history: History, stage: str) -> Element:
    if (now := history.now(stage)) is None:
        return el("p", f"In {stage}: nothing.", class_="quiet")
    since = f", since {_minute(now.since)}. "
    words = (f"In {said(stage, 40)}: ", _link(history, now), since)
    return el("p", *words, *now.marks, class_="quiet")


def _link(history: History, period: Period) -> Element:
    return el("a", period.version.name, href=history.shown(period.version).page)


def _minute(time: datetime) -> str:
    return f"{time.day} {time:%B %Y, %H:%M} UTC"


def _problems(history: History) -> Iterator[Child]:
    if history.problems:
        lines = [el("li", said(each)) for each in history.problems]
        shown, rest = lines[:5], lines[5:]
        more = details(f"{len(rest)} more", el("ul", *rest)) if rest else None
        yield section("What is not as it should be", el("ul", *shown), more)


def _history(history: History) -> Iterator[Child]:
    if history.periods:
        yield section("Deployments and roll-backs", *_time_line(history))
    yield section("Metrics over versions", *_over_versions(history))
    if history.of(history.last_stage):
        yield section(f"Over time in {history.last_stage}", *_over_time(history))
    yield section("Versions", *_versions(history))
    if history.periods:
        yield section("Deployments", *_deployments(history))


def _over_versions(history: History) -> Iterator[Child]:
    judged = [shown.verdict.confidence for shown in history.versions if shown.verdict]
    sure = f": {judged[-1]:.0%} sure" if len({*judged}) == 1 else ""
    yield el(
        "p",
        "A dot is a version, and the dash its champion, on the same rows. The bar shows where this "
        f"version may lie, compared with the champion{sure}. Where it does not touch the dash, the "
        "two differ. For versions that were judged on different data, compare the second picture: "
        "there, each champion is at 0.",
    )
    strips = "A strip is the data that judged, with its name where there is room."
    yield el("p", strips, class_="wide")
    apart = _large(
        history,
        history.primary,
        over_versions.draw_differences,
        f"{history.primary}, difference to the champion",
    )
    yield from _figures(history, over_versions.draw, apart)
    rows = [
        _compared(point, history.primary)
        for point in reversed(over_versions.points(history, history.primary))
    ]
    headers = ["version", "judged on", "this", "champion", "difference", "interval", "so it is"]
    yield details(
        f"The figures of {history.primary}",
        table(f"{history.primary} of each version", headers, rows, right=range(2, 6)),
    )


def _compared(point: over_versions.Point, metric: str) -> list[Child]:
    shown = point.shown
    found = shown.compared(metric)
    name = el("a", shown.name, href=shown.page)
    if found is None:
        return [name, said(shown.window, 40), figure(point.value), "", "", "", ""]
    numbers = [figure(found.this), figure(found.other), signed(found.difference)]
    return [name, said(shown.window, 40), *numbers, interval(found.low, found.high), effect(found)]


def _over_time(history: History) -> Iterator[Child]:
    yield el(
        "p",
        f"Each line is the metric of the version that was in {history.last_stage} then, as its own "
        "verdict has it: measured once, on the rows that judged it, and not on what it was asked "
        "later.",
    )
    yield from _figures(history, over_time.draw_metric)


def _figures(history: History, draw: Draw, *more: Child) -> Iterator[Child]:
    """Yield the picture of the primary metric, more of that one, and those of the others."""
    first, *rest = history.metrics
    yield _large(history, first, draw)
    yield from more
    small = [_figure(history, name, draw(history, name, NARROW, SMALL, "small")) for name in rest]
    yield el("div", *small, class_="grid") if rest else None


def _large(history: History, metric: str, draw: Draw, title: str = "") -> Child:
    """Return a picture twice: for a desk, and for a phone."""
    wide = draw(history, metric, WIDE, HEIGHT, "wide")
    return _figure(history, metric, wide, draw(history, metric, NARROW, LOW, "narrow"), title=title)


def _figure(history: History, metric: str, *pictures: Child, title: str = "") -> Child:
    if pictures[0] is None:
        return None
    better = "higher" if history.metrics[metric] else "lower"
    caption = el("figcaption", el("b", said(title or metric, 100)), f" ({better} is better)")
    return el("figure", caption, *pictures)


def _time_line(history: History) -> Iterator[Child]:
    yield el(
        "p",
        "A bar is a time for which a version was on a stage; an arrow's end: it is there now. A "
        "triangle above it: a roll-back; a number beside that: so many, close together. A dashed "
        "edge: " + OUTSIDE + ".",
    )
    wide, narrow = (
        over_time.draw_lanes(history, WIDE, "wide"),
        over_time.draw_lanes(history, NARROW, "narrow"),
    )
    yield el("figure", wide, narrow)


def _deployments(history: History) -> Iterator[Child]:
    headers = ["since", "until", "stage", "version", history.primary, "who and why"]
    rows = [_period(history, each) for each in reversed(history.periods)]
    yield from _newest("Deployments, newest first", headers, rows, 10, [4])


def _period(history: History, each: Period) -> list[Child]:
    found, shown = each.deployment, history.shown(each.version)
    value = shown.metric(history.primary)
    return [
        *each.times,
        said(found.stage, 40),
        _link(history, each),
        "" if value is None else figure(value),
        each.why(),
    ]


def _versions(history: History) -> Iterator[Child]:
    names = [
        name
        for name in history.metrics
        if any(s.metric(name) is not None for s in history.versions)
    ]
    headers = ["version", "verdict", "where", *names, "registered", "who and why"]
    rows = [_version(shown, names) for shown in reversed(history.versions)]
    yield from _newest("Versions, newest first", headers, rows, 20, range(3, 3 + len(names)))


def _version(shown: Shown, names: Sequence[str]) -> list[Child]:
    numbers = ("" if (value := shown.metric(name)) is None else figure(value) for name in names)
    return [
        el("a", shown.name, href=shown.page),
        verdict(shown),
        said(", ".join(shown.on), 100),
        *numbers,
        f"{shown.entry.time:%Y-%m-%d}",
        why(asked(shown.entry.event, shown.entry.actor), said(shown.entry.reason, 200)),
    ]


def _newest(
    caption: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[Child]],
    seen: int,
    right: Sequence[int],
) -> Iterator[Child]:
    """Yield a table of the newest rows, and one of the rest, folded."""
    yield table(caption, headers, rows[:seen], right)
    if rest := rows[seen:]:
        yield details(f"{count(len(rest), 'earlier one')}", table("Earlier", headers, rest, right))
