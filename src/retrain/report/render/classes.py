"""Of a task of many classes: how many of each class two models get right, worst first."""

from collections.abc import Sequence

from retrain.gate.schema import ClassRows
from retrain.report.render.markdown import CELL, cut_rows, details, paragraphs, table, text
from retrain.report.render.models import in_use
from retrain.report.render.numbers import GAP, NONE, of_100
from retrain.report.schema import Facts

ROWS = 20


def classes(facts: Facts) -> str:
    found = in_use(facts)
    if found is None or not found[0].classes:
        return ""
    comparison, other = found
    return folded(comparison.classes, f"this{GAP}run", other)


def folded(found: Sequence[ClassRows], this: str, other: str) -> str:
    """Return the table of classes, folded; `this` and `other` are the models, in our own words."""
    worst_first = sorted(found, key=lambda each: each.this)
    header = ["class", "rows", other, this, "most often taken for"]
    basis = "Of every 100 rows of a class, how many are taken for it."
    rows = table(header, cut_rows(worst_first, ROWS, _row), {1, 2, 3})
    return details("Classes: how many of each are right", paragraphs(basis, rows))


def _row(found: ClassRows) -> list[str]:
    taken = NONE
    if found.confused_with is not None:
        taken = f"{text(found.confused_with, CELL)} ({found.confused:,})"
    right = [of_100(found.other), of_100(found.this)]
    return [text(found.name, CELL), f"{found.rows:,}", *right, taken]
