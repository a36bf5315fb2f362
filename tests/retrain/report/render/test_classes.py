"""Which classes two models get right, in the report of a multiclass task."""

from typing import Any

from retrain.gate.schema import ClassRows
from retrain.report.render import render
from retrain.report.render.numbers import GAP, NONE
from tests.toys import states


def found(name: str, **fields: Any) -> ClassRows:
    values = {"rows": 40, "this": 0.5, "other": 0.75, "confused_with": None, "confused": 0}
    return ClassRows(name=name, **values | fields)


def report(*classes: ClassRows) -> str:
    compared = states.comparison(states.BASE_MODEL, None, curves={}, classes=list(classes))
    judged = states.verdict(base=compared, champion=compared, task="multiclass")
    return render(states.facts(verdict=judged))


def test_the_class_that_is_worst_comes_first() -> None:
    said = report(found("eight", this=0.95), found("one", this=0.8, confused_with="8", confused=3))
    assert "<summary>Classes: how many of each are right</summary>" in said
    rows = [line for line in said.splitlines() if line.startswith(("| one |", "| eight |"))]
    assert rows == ["| one | 40 | 75.0 | 80.0 | 8 (3) |", f"| eight | 40 | 75.0 | 95.0 | {NONE} |"]


def test_without_classes_nothing_is_said_of_them() -> None:
    assert "Classes: " not in report()


def test_a_class_of_any_name_is_text() -> None:
    assert "<b>" not in report(found("<b>|@me", confused_with="<b>", confused=1))


def test_rows_chosen_by_a_hash_are_a_share_of_all() -> None:
    windows = states.facts().windows
    assert windows is not None
    test = windows.model_copy(update={"test": "hash of key, 0.6 to 1"})
    said = render(states.facts(windows=test))
    assert f"(40{GAP}% of all, by a hash of key)" in said
    assert "hash of key, 0.6" not in said
