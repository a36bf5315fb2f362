"""What differs from the base and may be the cause, what judges it, and what to know about it."""

from collections.abc import Sequence
from itertools import groupby

from retrain.report.render.markdown import (
    CELL,
    alert,
    bullets,
    code,
    cut,
    cut_rows,
    paragraphs,
    table,
    text,
)
from retrain.report.render.numbers import NONE, count
from retrain.report.schema import Change, Facts

# by kind, in the order in which a reviewer looks for a cause
ONE, MANY = 0, 1
TITLES = {
    "parameter": ("parameter", "parameters"),
    "data": ("data partition", "data partitions"),
    "code": ("file of code", "files of code"),
    "pipeline": ("pipeline stage", "pipeline stages"),
    "dependency": ("dependency", "dependencies"),
    "contract": ("data contract", "data contracts"),
    "test": ("file of behaviour tests", "files of behaviour tests"),
}
HASHED = {"code", "contract", "test"}  # their values are hashes, and say nothing to a reader
AT_A_GLANCE = 3  # changes that one line can name
OF_A_KIND = 6
NOTES = 6
MANY_LOOKS, ALL_LOOKS = 3, 40  # from when on it is said; as many as are counted


def line(facts: Facts) -> str:
    found = _causes(facts)
    if not found:
        unknown = facts.base is None or facts.verdict is None
        return "" if unknown else "**Changed:** no parameter, data, code or dependency"
    if len(found) <= AT_A_GLANCE:
        return f"**Changed:** {', '.join(map(_transition, found))}"
    kinds = [(kind, len(list(each))) for kind, each in groupby(found, key=lambda each: each.kind)]
    return f"**Changed:** {', '.join(count(number, *TITLES[kind]) for kind, number in kinds)}"


def changes(facts: Facts) -> str:
    found = _causes(facts)
    if len(found) <= AT_A_GLANCE:
        return ""
    rows: list[Sequence[str]] = []
    for kind, each in groupby(found, key=lambda change: change.kind):
        of_kind = cut_rows(list(each), OF_A_KIND, _row)
        rows += [(TITLES[kind][ONE], *of_kind[0]), *(("", *row) for row in of_kind[1:])]
    changed = table(["", "what", "base", "this run"], rows)
    return paragraphs("### What changed", changed)


def notices(facts: Facts) -> str:
    policy = [change for change in facts.changes if change.kind == "policy"]
    notes = cut(facts.notes, NOTES, text)
    whose = {
        "base": "The policy changes too; this report still goes by the old one.",
        "own": "The policy changes too, and this report goes by the new one.",
    }
    warning = paragraphs(whose[facts.judged_by], bullets(cut(policy, NOTES, _transition)))
    return paragraphs(
        alert("WARNING", warning) if policy else "",
        alert("NOTE", notes[0] if len(notes) == 1 else bullets(notes)) if notes else "",
    )


def judged_by(facts: Facts) -> str | None:
    return facts.windows.test if facts.needed and facts.verdict and facts.windows else None


def repeated(facts: Facts, looks: int) -> str:
    """Return what it means that the same rows have judged many pushes, if they have."""
    window = judged_by(facts)
    if window is None or looks < MANY_LOOKS:
        return ""
    number = f"{looks}" if looks < ALL_LOOKS else f"{ALL_LOOKS} or more"
    return alert(
        "NOTE",
        f"The same rows ({text(window, CELL)}) have now judged {number} pushes of this change. "
        'Repeated looks at one window find "better" by chance. Only a landing registers a version, '
        "and it judges afresh.",
    )


def _causes(facts: Facts) -> list[Change]:
    order = list(TITLES)
    found = [change for change in facts.changes if change.kind in TITLES]
    return sorted(found, key=lambda change: order.index(change.kind))


def _row(change: Change) -> list[str]:
    before, after = (
        NONE if value is None else code(value, 40) for value in (change.before, change.after)
    )
    return [code(change.name), before, after]


def _transition(change: Change) -> str:
    name, (before, after) = code(change.name), (change.before, change.after)
    if change.kind == "data":
        name = f"data {name}"
    if change.kind in HASHED:
        same = f"{name} changed" if change.kind == "test" else name
        return f"{name} is new" if before is None else f"{name} is gone" if after is None else same
    if before is None:
        return f"{name} is new ({code(after or '', 40)})"
    if after is None:
        return f"{name} is gone (was {code(before, 40)})"
    return f"{name} {code(before, 40)} → {code(after, 40)}"
