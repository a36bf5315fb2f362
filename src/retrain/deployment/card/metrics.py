"""How good a version is: beside the reference, by group, and beside the version before."""

from retrain.deployment import lineage as lineages
from retrain.deployment.card.facts import FLOOR, CardFacts
from retrain.deployment.card.words import rows_word, window
from retrain.gate.schema import Comparison
from retrain.report.render import charts, classes, verdict
from retrain.report.render.comparisons import judged_cells, metric_cells, ordered
from retrain.report.render.markdown import (
    CELL,
    bullets,
    code,
    cut,
    cut_rows,
    paragraphs,
    table,
    text,
)
from retrain.report.render.numbers import GAP, NONE, count, figure, percent, typeset
from retrain.run.outputs import Slice

ROWS, GROUPS, CHANGES = 20, 10, 15  # of tables, at most
VALUE = 40  # characters
NAMES = {"train": "learned from", "test": "judged on"}
COUNTED = {"version", "rows", "train_rows", "test_rows"}  # follow from the partitions


def metrics(facts: CardFacts) -> str:
    made, judged = facts.lineage, facts.verdict
    floors = {name: facts.policy.get(FLOOR.format(name)) for name in facts.metrics}

    def row(name: str) -> list[str]:
        floor = floors[name]
        cells = [figure(facts.metrics[name]), figure(made.reference.get(name))]
        return [*metric_cells(judged, name), *cells, text(floor, CELL) if floor else NONE]

    header = ["metric", f"better{GAP}is", text(made.version), "reference", "floor"]
    return paragraphs(
        "## Metrics",
        table(header, cut_rows(ordered(judged, facts.metrics), ROWS, row), {2, 3, 4}),
        f"On the {made.data.test_rows:,}{window(made.data.test, rows_word(facts))}. The "
        "reference is the simple model to beat; a model that misses a floor is not used.",
    )


def slices(facts: CardFacts) -> str:
    """Return the parts of the rows on which the model is worst, of those with enough rows."""
    judged, name = facts.verdict, facts.verdict.primary
    asked = facts.policy.get("gate.min_rows_slice", "")
    least = int(asked) if asked.isdecimal() else 1
    known = [
        (each, value)
        for each in facts.slices
        if each.rows >= least and (value := each.model.get(name)) is not None
    ]
    if not known:
        return ""
    higher = judged.higher_is_better.get(name, True)
    worst = sorted(known, key=lambda each: each[1], reverse=not higher)

    def row(each: Slice) -> list[str]:
        group = f"{text(each.slice, 40)}: {text(each.value, 40)}"
        values = figure(each.model[name]), figure(each.reference.get(name))
        return [group, f"{each.rows:,}", *values]

    header = ["group", "rows", text(facts.lineage.version), "reference"]
    which = f"the {GROUPS} worst of {len(known)}" if len(known) > GROUPS else "worst first"
    few = f"; those of fewer than {least:,} are left out" if least > 1 else ""
    return paragraphs(
        f"### Groups: {which}, by {text(name, CELL)}",
        table(header, [row(each) for each, _ in worst[:GROUPS]], {1, 2, 3}),
        f"A group is the rows with one value in a column{few}.",
    )


def compared(facts: CardFacts) -> str:
    judged, champion = facts.verdict, facts.verdict.champion
    other = champion and (champion.version or "the model before")
    return paragraphs(
        f"## Compared with {text(other)}" if other else "## The verdict",
        f"**Verdict: {judged.verdict}**",
        bullets(cut(judged.reasons, ROWS, lambda reason: text(typeset(reason)))),
        verdict.tests(judged),
        verdict.warnings(judged),
        _differences(facts, champion, other) if champion and other else "",
    )


def _differences(facts: CardFacts, champion: Comparison, other: str) -> str:
    if champion.problem is not None:
        return f"Not compared: {text(champion.problem)}"
    judged, version = facts.verdict, text(facts.lineage.version)
    confidence = f"{percent(judged.confidence)}{GAP}interval"
    header = ["metric", f"better{GAP}is", text(other), version, "difference", confidence, "effect"]

    def row(name: str) -> list[str]:
        found = champion.metrics[name]
        return [*metric_cells(judged, name), *judged_cells(found)[:-1], found.effect]

    return paragraphs(
        table(header, cut_rows(ordered(judged, champion.metrics), ROWS, row), {2, 3, 4, 5}),
        f"On {champion.rows:,} {rows_word(facts)} in {count(champion.blocks, 'block')}, which "
        "neither of them has learned from.",
        classes.folded(champion.classes, version, text(other)) if champion.classes else "",
    )


def changed(facts: CardFacts) -> str:
    """Return what differs from the version before, of what a version is made of."""
    if facts.before is None:
        return ""
    old, new = facts.before.version, facts.lineage.version
    found = lineages.differences(facts.before, facts.lineage)
    rows = [
        [
            kind,
            NAMES.get(name) or code(name.removeprefix("partitions.")),
            *(_value(section, each) for each in values),
        ]
        for section, kind in lineages.MADE_OF.items()
        for name, values in found.get(section, {}).items()
        if not (section == "data" and name in COUNTED)
    ]
    title = f"### What differs from {text(old)}"
    if not rows:
        return paragraphs(title, "Nothing that it is made of.")
    header = ["", "what", text(old), text(new)]
    return paragraphs(title, table(header, cut_rows(rows, CHANGES, list)))


def _value(section: str, value: str) -> str:
    if value.isdigit() and section == "data":
        return f"{int(value):,} rows"
    return code(value[:7] if section == "code" else value, VALUE) or NONE


def curves(facts: CardFacts) -> str:
    has_other = any(point[2] is not None for line in facts.curves.values() for point in line)
    legend = f"Blue: this model.{' Orange: the reference.' if has_other else ''}"
    return charts.folded(facts.curves, facts.lineage.task, legend)
