"""What is pinned of a value: equal where the values are, and a line where they are not."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from retrain.adopt import values
from retrain.adopt.values import CannotCompareError, described, differences

TABLE = pd.DataFrame({"a": [1, 2, 3], "b": ["x", None, "z"], "c": [0.5, np.nan, np.inf]})
X = np.arange(120.0).reshape(60, 2) % 7
Y = np.arange(60) % 3 == 0


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, None),
        (True, True),
        (np.int64(3), 3),
        (0.1 + 0.2, 0.3),
        (float("nan"), "nan"),
        (np.float32(0.1), 0.1000000015),
        ({"b": (1, 2.0), 3: "c"}, {"b": [1, 2.0], "3": "c"}),
        ({"y", "x"}, ["x", "y"]),
        (dt.date(2013, 6, 30), "2013-06-30"),
        (pd.Timestamp("2013-06-30T12:00Z"), "2013-06-30 12:00:00+00:00"),
        (np.array([[1, 2]]), {"type": "int64", "shape": [1, 2], "values": [1, 2]}),
        (pd.Series([1.5], [7]), {"index": {"type": "int64", "values": [7]}, "type": "float64", "values": [1.5]}),
        (TABLE, {"rows": 3, "order": ["a", "b", "c"], "columns": {
            "a": {"type": "int64", "values": [1, 2, 3]},
            "b": {"type": "str", "values": ["x", "nan", "z"]},
            "c": {"type": "float64", "values": [0.5, "nan", "inf"]}}}),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_is_pinned_of_a_value(value: Any, found: Any) -> None:
    assert described(value) == found
    assert json.loads(json.dumps(found)) == found


def test_a_long_array_is_a_digest_that_its_last_value_changes() -> None:
    long = np.arange(2000.0)
    assert described(long)["length"] == 2000
    assert described(long) == described(long.copy())
    assert described(long) != described(np.append(long[:-1], 7))


def model(**arguments: Any) -> HistGradientBoostingClassifier:
    fixed = {"max_iter": 5, "min_samples_leaf": 5, "random_state": 0}
    return HistGradientBoostingClassifier(**fixed, **arguments).fit(X, Y)


def test_an_estimator_is_its_arguments_and_what_it_has_learned() -> None:
    found = described(model())
    assert found["type"].endswith(".HistGradientBoostingClassifier")
    assert found["parameters"]["max_iter"] == 5
    assert found == described(model())
    assert differences(found, described(model(learning_rate=0.2)))[0] == (
        "parameters, learning_rate: pinned 0.1, now 0.2"
    )
    (line,) = differences(found, described(model().fit(X, ~Y)))
    assert line.startswith("learned: pinned ")
    inside = described(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y))
    assert inside["parameters"]["logisticregression__solver"] == "lbfgs"
    assert "steps" not in inside["parameters"]


def test_the_last_bit_of_what_a_model_has_learned_is_not_pinned() -> None:
    fitted = LogisticRegression().fit(X, Y)
    before = described(fitted)
    fitted.coef_ = np.nextafter(fitted.coef_, 9)
    assert described(fitted) == before
    fitted.coef_ = fitted.coef_ + 1e-6
    assert described(fitted) != before


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (lambda: 1, "it is a function, and two of them cannot be compared; pin numbers, texts"),
        (object(), "it is a object"),
        ([1, {"a": iter(())}], "it is a tuple_iterator"),
        (FunctionTransformer(kw_args={"a": (i for i in ())}), "that skops cannot write"),
        (
            pd.DataFrame([[1, 2]], columns=["a", "a"]),
            "two of its parts have the name 'a'; rename one",
        ),
        ({1: 2, "1": 3}, "two of its parts have the name '1'"),
    ],
)
def test_what_cannot_be_compared_is_a_sentence(value: Any, said: str) -> None:
    with pytest.raises(CannotCompareError, match=said):
        described(value)


def test_columns_in_another_order_are_another_table() -> None:
    (line,) = differences(described(TABLE), described(TABLE[["b", "a", "c"]]))
    assert line.startswith("order: 2 of 3 differ, the first is number 1")


@pytest.mark.parametrize("value", [10**5000, "\ud800"], ids=["a long number", "half a sign"])
def test_what_cannot_be_written_is_a_sentence(value: Any, tmp_path: Path) -> None:
    values.keep(str(tmp_path / "kept"), "a", {"a": value})
    found = json.loads((tmp_path / "kept").read_text())["error"]
    assert found.startswith("reading it fails (")
    assert "; pin numbers, texts" in found


def test_a_name_that_the_cell_does_not_make_is_a_sentence(tmp_path: Path) -> None:
    values.keep(str(tmp_path / "kept"), "model", {"modle": 1})
    found = json.loads((tmp_path / "kept").read_text())
    assert found == {"error": "the cell does not make it; correct the name"}


@pytest.mark.parametrize(
    ("pinned", "now", "lines"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 1.0}, ["a: pinned 1, now 1.0"]),
        ({"a": 1, "b": 2}, {"b": 3, "c": 4}, ["a: is pinned, and not there now", "b: pinned 2, now 3", "c: is there now, and not pinned"]),
        ({"a": [1, 2, 3]}, {"a": [1, 5, 6]}, ["a: 2 of 3 differ, the first is number 2: pinned 2, now 5"]),
        ({"a": [1]}, {"a": [1, 2]}, ["a: 1 pinned, 2 now"]),
        ({"a": {"b": "x" * 99}}, {"a": {"b": None}}, ['a, b: pinned "' + "x" * 58 + "…, now null"]),
    ],
)  # fmt: skip
def test_a_difference_is_a_line(pinned: Any, now: Any, lines: list[str]) -> None:
    assert differences(pinned, now) == lines


def test_an_estimator_that_draws_is_equal_with_its_state() -> None:
    one, other = (KMeans(2, random_state=0).fit(X) for _ in range(2))
    assert described(one) == described(other)
