"""Outcomes and predictions of each task: right ones as arrays, and wrong ones as a sentence."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from retrain.errors import UserError
from retrain.metrics import tasks
from retrain.metrics.reference import Reference
from retrain.metrics.table import Task

# ---- outcomes


@pytest.mark.parametrize(
    ("task", "values", "outcome"),
    [
        ("binary", [True, False], [True, False]),
        ("multiclass", ["a", "b"], ["a", "b"]),
        ("multiclass", [2, 0], ["2", "0"]),
        ("multiclass", [2.0, 0.0], ["2", "0"]),
        ("regression", [2, 0], [2.0, 0.0]),
        ("regression", [2.5, 0], [2.5, 0.0]),
    ],
)
def test_an_outcome_of_the_task(task: Task, values: list[Any], outcome: list[Any]) -> None:
    found = tasks.outcomes(pd.Series(values), task)
    assert found.tolist() == outcome
    assert found.dtype == tasks.OUTCOMES[task]


@pytest.mark.parametrize(
    ("task", "values", "message"),
    [
        ("binary", [1, 0], "the outcome is int64, and should be true or false; compare it with a value"),
        ("binary", ["yes", "no"], "the outcome is str, and should be true or false"),
        ("multiclass", [0.5, 1.0], "has numbers with decimals; set task to regression, or make classes"),
        ("multiclass", list(range(500)), "has 500 different values, and classes are at most 100; set task to regression"),
        ("multiclass", [f"customer {each}" for each in range(101)], "has 101 different values, and classes are at most 100; make fewer"),
        ("regression", ["a", "b"], "the outcome is str, and should be a number; convert it"),
        ("regression", [True, False], "the outcome is bool, and should be a number"),
        ("regression", [1.0, np.inf], "an outcome is infinite; leave it empty"),
    ],
)  # fmt: skip
def test_an_outcome_of_another_task_is_a_sentence(
    task: Task, values: list[Any], message: str
) -> None:
    with pytest.raises(UserError) as error:
        tasks.outcomes(pd.Series(values), task)
    assert str(error.value).startswith(f"task {task}: ")
    assert message in str(error.value)


# ---- predictions


KEY = {"key": ["a", "b"]}


@pytest.mark.parametrize(
    ("task", "columns"),
    [
        ("binary", {"score": [0.0, 1.0]}),
        ("regression", {"score": [-1e9, 12.5]}),
        ("multiclass", {"score_a": [0.25, 1.0], "score_b": [0.75, 0.0]}),
    ],
)
def test_predictions_of_the_task(task: Task, columns: dict[str, Any]) -> None:
    tasks.check_scores(pd.DataFrame(KEY | columns), task, "it")


@pytest.mark.parametrize(
    ("task", "columns", "message"),
    [
        ("binary", {"score": [0.5, 1.5]}, "it: 1 scores are not probabilities, the first 1.5 of the row 'b'"),
        ("binary", {"score_a": [0.5, 0.5]}, "it has the predictions score_a; of the task binary they are named score"),
        ("regression", {"score": [0.5, np.nan]}, "it: 1 scores are not numbers, the first nan of the row 'b'"),
        ("regression", {"score": ["0.5", "1"]}, "it: 'score' is not a number"),
        ("multiclass", {"score": [0.5, 0.5]}, "it has the predictions score; of the task multiclass they are named score_ and"),
        ("multiclass", {}, "it has the predictions none"),
        ("multiclass", {"score_a": [0.5, 0.5], "score_b": [0.5, 0.4]}, "it: 1 scores are not probabilities, the first 0.5, 0.4 of the row 'b'"),
    ],
)  # fmt: skip
def test_predictions_of_another_task_are_a_sentence(
    task: Task, columns: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError) as error:
        tasks.check_scores(pd.DataFrame(KEY | columns), task, "it")
    assert str(error.value).startswith(message)


def test_a_class_that_a_model_does_not_know_has_no_chance() -> None:
    rows = pd.DataFrame(
        {
            "outcome": ["c", "a"],
            "score_a": [0.5, 0.9],
            "score_b": [0.5, 0.1],
            "other_a": [0.1, 0.2],
            "other_c": [0.9, 0.8],
        }
    )
    outcome, (this, other), known = tasks.arrays(rows, "score", "other")
    assert known == ["a", "b", "c"]
    assert outcome.tolist() == [2, 0]
    assert this.tolist() == [[0.5, 0.5, 0], [0.9, 0.1, 0]]
    assert other.tolist() == [[0.1, 0, 0.9], [0.2, 0, 0.8]]


# ---- the reference


def labelled(labels: list[int], outcome: list[Any]) -> tuple["pd.Series[Any]", "pd.Series[Any]"]:
    return pd.Series(labels), pd.Series(outcome)


def test_the_reference_is_the_mean_by_label_over_all_files() -> None:
    files = [labelled([1, 1, 2], [10.0, 20.0, 5.0]), labelled([1], [60.0])]
    reference = Reference(iter(files), "regression")
    assert reference.rows == 4
    found = reference.predict(pd.Series([2, 1, 9], index=[7, 8, 9]))
    assert found["score"].to_dict() == {7: 5.0, 8: 30.0, 9: 23.75}


def test_of_classes_it_is_their_shares_and_none_is_impossible() -> None:
    reference = Reference([labelled([1, 1, 1, 2], ["a", "a", "b", "c"])], "multiclass")
    found = reference.predict(pd.Series([1, 2, 3]))
    assert list(found) == ["score_a", "score_b", "score_c"]
    assert found.sum(axis=1).tolist() == pytest.approx([1, 1, 1])
    assert (found > 0).all(axis=None)
    assert found.iloc[0].tolist() == pytest.approx([2.5 / 4, 1.25 / 4, 0.25 / 4])
    assert found.iloc[2].tolist() == [0.5, 0.25, 0.25]


def test_a_label_whose_rows_are_all_alike_is_not_taken_for_certain() -> None:
    files = [labelled([1, 1, 2, 2], [True, True, True, False])]
    found = Reference(files, "binary").predict(pd.Series([1, 2]))
    assert found["score"].tolist() == pytest.approx([2.75 / 3, 0.5])


def test_a_row_without_a_label_is_of_all_rows() -> None:
    files = [(pd.Series([1.0, 1.0, np.nan]), pd.Series([1.0, 3.0, 8.0]))]
    reference = Reference(files, "regression")
    assert (reference.rows, reference.overall["score"]) == (3, 4.0)
