"""The page of one version: its card, made from what its commit and the tags say."""

from collections.abc import Iterator
from shlex import quote
from xml.etree.ElementTree import Element

from retrain.deployment.facts import Lineage
from retrain.report.render.numbers import count, effect, figure, interval, signed
from retrain.site import comparison, words
from retrain.site.history import History, Shown, asked, verdict
from retrain.site.html import (
    SENTENCE,
    Child,
    badge,
    details,
    el,
    facts,
    link,
    page,
    said,
    section,
    table,
)
from retrain.site.index import footer


def render(history: History, shown: Shown) -> str:
    heading = el("h1", el("span", said(history.artifact)), " ", shown.name)
    where = [badge("●", f"in {said(stage, 40)}", "on") for stage in shown.on]
    return page(
        f"{history.artifact} {shown.name}",
        el(
            "header",
            _around(history, shown),
            heading,
            el("p", verdict(shown), *where, class_="marks"),
        ),
        el("main", *(_card(history, shown, shown.lineage) if shown.lineage else _unknown(shown))),
        footer(),
    )


def _around(history: History, shown: Shown) -> Element:
    """Return the ways from here: to the first page, and to the versions beside this one."""
    place = history.versions.index(shown)
    before, after = (
        history.versions[max(place - 1, 0) : place],
        history.versions[place + 1 : place + 2],
    )
    ways = [el("a", "All versions", href="index.html")]
    ways += [el("a", f"← {each.name}", href=each.page, rel="prev") for each in before]
    ways += [el("a", f"{each.name} →", href=each.page, rel="next") for each in after]
    return el("nav", *ways, aria_label="Versions")


def _before(history: History, shown: Shown) -> Lineage | None:
    place = history.versions.index(shown)
    return history.versions[place - 1].lineage if place else None


def _unknown(shown: Shown) -> Iterator[Child]:
    yield el("p", said(shown.problem))


def _card(history: History, shown: Shown, found: Lineage) -> Iterator[Child]:
    yield section("Why it is a version", *_verdict(found))
    yield section("Metrics", *_metrics(shown, found))
    if people := list(words.written(shown.version.commit)):
        yield section("What it is for", *people)
    yield section("Data", *_data(found))
    yield section("Where it was", *_deployments(history, shown))
    yield section("Model", *_made(found, _before(history, shown)))
    yield section("How to get it again", *_again(history, shown))


def _verdict(found: Lineage) -> Iterator[Child]:
    who = found.registered
    yield facts(
        [
            ("registered", who.time),
            ("by", asked(who.event, who.actor)),
            ("why", said(who.reason)),
            ("run", link("the run that landed it", who.run) if who.run else None),
            ("judged against", found.judged.champion),
        ]
    )
    yield el("ul", *(el("li", said(reason)) for reason in found.judged.reasons))


def _metrics(shown: Shown, found: Lineage) -> Iterator[Child]:
    assert shown.verdict
    compared_to = " Difference and interval are to the champion, on the same rows."
    yield el(
        "p",
        f"The task is {found.task}; {said(found.judged.primary, 60)} decides. The reference is the "
        f"simple model to beat.{compared_to if shown.compared(found.judged.primary) else ''}",
    )
    better = shown.verdict.higher_is_better
    compares = ["champion", "difference", "interval", "so it is"]
    headers = ["metric", "better is", "this", "reference", *compares]
    rows = []
    primary_first = sorted(found.metrics, key=lambda name: name != found.judged.primary)
    for name in primary_first:
        direction = {True: "higher", False: "lower", None: ""}[better.get(name)]
        reference, other = found.reference.get(name), shown.compared(name)
        compared: list[Child] = ["", "", "", ""]
        if other:
            ends = interval(other.low, other.high)
            compared = [figure(other.other), signed(other.difference), ends, effect(other)]
        rows.append(
            [said(name, 60), direction, figure(found.metrics[name]), figure(reference), *compared]
        )
    yield table(f"Metrics of {shown.name}", headers, rows, right=range(2, 7))
    yield comparison.groups(shown.verdict, shown.slices)
    yield from comparison.curves(shown.verdict)


def _data(found: Lineage) -> Iterator[Child]:
    data = found.data
    yield facts(
        [
            ("rows", f"{data.rows:,}, in {count(len(data.partitions), 'partition')}"),
            ("trained on", f"{data.train_rows:,} rows: {said(data.train)}"),
            ("judged on", f"{data.test_rows:,} rows: {said(data.test)}"),
            ("version", el("code", said(data.version))),
        ]
    )
    rows = [[said(name, 100), f"{rows:,}"] for name, rows in data.partitions.items()]
    if rows:
        yield details(
            "Rows by partition", table("Partitions", ["partition", "rows"], rows, right=[1])
        )


def _deployments(history: History, shown: Shown) -> Iterator[Child]:
    periods = [each for each in history.periods if each.version == shown.version]
    if not periods:
        yield el("p", "It was never deployed.")
        return
    headers = ["since", "until", "stage", "who and why", "tag", "run"]
    rows: list[list[Child]] = []
    for each in reversed(periods):
        found = each.deployment
        tag, run = el("code", said(found.tag), class_="name"), found.run and link("run", found.run)
        rows.append([*each.times, said(found.stage, 40), each.why(SENTENCE), tag, run])
    yield table("Deployments, newest first", headers, rows)


def _made(found: Lineage, before: Lineage | None) -> Iterator[Child]:
    yield facts(
        [
            ("file", el("code", found.model.path)),
            ("SHA-256", el("code", found.model.sha256 or "not recorded")),
            ("commit", el("code", found.commit)),
            ("of", found.committed),
            (
                "built by the code of",
                el("code", said(found.registered.builder)) if found.registered.builder else None,
            ),
        ]
    )
    yield comparison.differences(before, found) if before else None
    yield _folded("Parameters", found.parameters, "parameter", "value")
    yield _folded("Packages", found.dependencies, "package", "version")
    yield _folded("Code", found.code, "file", "MD5")


def _folded(title: str, found: dict[str, str], name: str, value: str) -> Child:
    rows: list[list[Child]] = [
        [el("code", said(key, 200)), el("code", said(each, 200))] for key, each in found.items()
    ]
    return details(f"{title}: {len(rows)}", table(title, [name, value], rows)) if rows else None


def _again(history: History, shown: Shown) -> Iterator[Child]:
    lines = (
        f"git checkout {quote(shown.version.tag)} && make train FORCE=1",
        f".venv/bin/retrain lineage --version {shown.name} --json",
        f".venv/bin/retrain deploy {shown.name} {history.last_stage} --reason '…'",
    )
    says = ("Build it again", "All of this, for a program", f"Put it in {history.last_stage}")
    yield facts([(what, el("code", line)) for what, line in zip(says, lines, strict=True)])
