"""A data contract: what keeps it, what is said of what breaks it, and of a suite that is none."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from retrain.data.contract import Contract
from retrain.errors import UserError

ROWS = pd.DataFrame({"key": [1, 2, 3], "kind": ["a", "b", "a"]})


def suite(path: Path, **kwargs: Any) -> Path:
    """Write a suite of one expectation, that `key` lies between two limits."""
    each = {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "key", "min_value": 1} | kwargs,
        "severity": "critical",
        "description": "a small number",
        "meta": {"remedy": "correct it"},
    }
    path.write_text(of(each))
    return path


def of(*expectations: dict[str, Any]) -> str:
    """Return a suite as it stands in a file."""
    return json.dumps({"name": "x", "expectations": expectations})


@pytest.mark.smoke
def test_rows_that_keep_it(tmp_path: Path) -> None:
    assert Contract(suite(tmp_path / "suite.json", max_value=3)).failures(ROWS, "rows", {}) == []


@pytest.mark.smoke
def test_a_row_that_breaks_it_is_shown(tmp_path: Path) -> None:
    contract = Contract(suite(tmp_path / "suite.json", max_value=2))
    (failure,) = contract.failures(ROWS, "rows", {})
    assert (failure.severity, failure.column, failure.remedy) == ("critical", "key", "correct it")
    assert "1 of 3 rows otherwise, such as 3" in failure.found
    assert [row["row"] for row in failure.rows] == ["2"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not a valid suite"),
        (of({"type": "expect_magic", "kwargs": {}, "severity": "critical"}), "expect_magic"),
        (of({"type": "expect_column_to_exist", "kwargs": {"col": 1}}), "extra fields"),
        ('{"name": "x"}', "has no expectations"),
        (of(), "has no expectations"),
        (of({"type": "expect_column_to_exist", "kwargs": {"column": "a"}, "severity": "critcal"}), "'critcal'; make it"),
    ],
)  # fmt: skip
def test_a_suite_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "suite.json"
    path.write_text(content)
    with pytest.raises(UserError, match=said) as error:
        Contract(path)
    assert "\n" not in str(error.value)


def test_a_parameter_that_is_not_given_is_one_sentence(tmp_path: Path) -> None:
    path = suite(tmp_path / "suite.json", max_value={"$PARAMETER": "jahr"})
    with pytest.raises(UserError, match=r"cannot be applied .*jahr.*; correct it"):
        Contract(path).failures(ROWS, "rows", {})


def test_a_suite_that_is_missing_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is missing; restore it"):
        Contract(tmp_path / "suite.json")
