"""What differs from the base and may be the cause; whose policy judges; and the notes."""

from retrain.metrics.table import places
from retrain.report.render.markdown import (
    alert,
    bullets,
    code,
    cut,
    cut_rows,
    paragraphs,
    table,
    text,
)
from retrain.report.render.models import name_of_window
from retrain.report.render.numbers import NONE, count, figure, percent
from retrain.report.schema import Change, Facts, Moved, NewRows

# by kind, in the order in which a reviewer searches for a cause
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
PARTITIONS = 6  # new ones
VALUE = 40  # characters
MANY_PUSHES = 3  # from which on the report warns
MOST_PUSHES = 40  # that are counted


def line(facts: Facts) -> str:
    kinds = _by_kind(facts)
    found = [change for changes in kinds.values() for change in changes]
    if not found:
        unknown = facts.base is None or facts.verdict is None
        return "" if unknown else "**Changed:** no parameter, data, code or dependency"
    if len(found) <= AT_A_GLANCE:
        return f"**Changed:** {', '.join(map(_transition, found))}"
    counts = (count(len(changes), *TITLES[kind]) for kind, changes in kinds.items())
    return f"**Changed:** {', '.join(counts)}"


def changes(facts: Facts) -> str:
    """Return a table of the changes, if they are too many for one line."""
    kinds = _by_kind(facts)
    if sum(map(len, kinds.values())) <= AT_A_GLANCE:
        return ""
    rows = []
    for kind, changes in kinds.items():
        first, *rest = cut_rows(changes, OF_A_KIND, _row)
        rows += [[TITLES[kind][0], *first], *(["", *row] for row in rest)]
    return paragraphs("### What changed", table(["", "what", "base", "this run"], rows))


def new_data(facts: Facts) -> str:
    """Return how the rows of new partitions differ from those of all others."""
    if not facts.new_rows:
        return ""
    words = facts.words
    binary = words.outcome is not None
    outcome = [f"mean {words.unit}", "mean elsewhere"] if words.unit else []
    if words.outcome:
        outcome = [words.outcome, f"{words.outcome} elsewhere"]
    header = ["partition", words.rows, *outcome, "what differs most (PSI)"]

    def row(each: NewRows) -> list[str]:
        means = [each.outcome, each.elsewhere] if outcome else []
        shown = [
            NONE if mean is None else percent(round(mean, 3)) if binary else figure(mean)
            for mean in means
        ]
        moved = ", ".join(map(_moved, each.moved))
        return [code(each.partition), f"{each.rows:,}", *shown, moved or NONE]

    newest_first = facts.new_rows[::-1]
    rows = cut_rows(newest_first, PARTITIONS, row)
    return paragraphs(
        "### New data",
        table([text(name, 60) for name in header], rows, {1, 2, 3} if outcome else {1}),
        "PSI: how far a feature is from what it is in the other partitions; above 0.25 is far. "
        "Seasons move it, and nothing is judged by it.",
    )


def _moved(found: Moved) -> str:
    said = f"{code(found.name)} {figure(found.psi, 2)}"
    if found.mean is None or found.elsewhere is None:
        return said
    digits = max(0, places(found.mean, found.elsewhere) - 2)
    return (
        f"{said} (mean {figure(found.mean, digits)}, {figure(found.elsewhere, digits)} elsewhere)"
    )


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
    """Return the test window that has judged this run's model, if one has."""
    return facts.windows.test if facts.needed and facts.verdict and facts.windows else None


def repeated(facts: Facts, pushes: int) -> str:
    window = judged_by(facts)
    if window is None or pushes < MANY_PUSHES:
        return ""
    number = f"{pushes}" if pushes < MOST_PUSHES else f"{MOST_PUSHES} or more"
    return alert(
        "NOTE",
        f"The same rows ({name_of_window(window)}) have now judged {number} pushes of this change. "
        'Repeated use of one window finds "better" by chance. Only a landing registers a version, '
        "and it judges afresh.",
    )


def _by_kind(facts: Facts) -> dict[str, list[Change]]:
    """Return the changes that can change the model."""
    kinds = {kind: [each for each in facts.changes if each.kind == kind] for kind in TITLES}
    return {kind: changes for kind, changes in kinds.items() if changes}


def _row(change: Change) -> list[str]:
    values = (change.before, change.after)
    return [code(change.name), *(NONE if each is None else code(each, VALUE) for each in values)]


def _transition(change: Change) -> str:
    name = f"data {code(change.name)}" if change.kind == "data" else code(change.name)
    before, after = (code(each or "", VALUE) for each in (change.before, change.after))
    hashed = change.kind in HASHED
    if change.before is None:
        return f"{name} is new" if hashed else f"{name} is new ({after})"
    if change.after is None:
        return f"{name} is gone" if hashed else f"{name} is gone (was {before})"
    if hashed:
        return f"{name} changed" if change.kind == "test" else name
    return f"{name} {before} → {after}"
