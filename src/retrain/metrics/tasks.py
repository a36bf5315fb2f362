"""The three tasks: how outcomes and predictions stand in tables, and in arrays for metrics.

| task | column `outcome` | columns of a prediction |
|---|---|---|
| binary | true or false | `score`: the probability of true |
| multiclass | text | `score_` and the class, one for each: its probability |
| regression | a number | `score`: a number |
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype, is_float_dtype, is_integer_dtype, is_numeric_dtype

from retrain.errors import UserError
from retrain.metrics.table import Task

# of the column `outcome`, by pandas
OUTCOMES: dict[Task, str] = {"binary": "bool", "multiclass": "str", "regression": "float64"}
SCORE = "score"
SUM = 1e-6  # by which the probabilities of a row may miss 1
CLASSES = 100  # that a multiclass task can have: more of them are a number, or a name


def is_score(name: str, start: str = SCORE) -> bool:
    return name == start or name.startswith(f"{start}_")


def score_columns(table: pd.DataFrame, start: str = SCORE) -> list[str]:
    """Return those of a table's columns that hold a prediction."""
    return [name for name in map(str, table.columns) if is_score(name, start)]


def classes(table: pd.DataFrame, start: str = SCORE) -> list[str]:
    """Return the classes that the columns of a prediction name."""
    return [name.removeprefix(f"{start}_") for name in score_columns(table, start) if name != start]


def outcomes(values: "pd.Series[Any]", task: Task) -> "pd.Series[Any]":
    """Return the outcome of some rows as it stands in tables, none of them empty.

    Raises:
        UserError: if these values are not of the task.
    """
    kind = str(values.dtype)
    if task == "binary":
        if not is_bool_dtype(values):
            raise UserError(
                f"task binary: the outcome is {kind}, and should be true or false; compare it with "
                "a value in `outcome`, or set another task"
            )
        return values.astype("bool")
    if task == "regression":
        if is_bool_dtype(values) or not is_numeric_dtype(values):
            raise UserError(
                f"task regression: the outcome is {kind}, and should be a number; convert it in "
                "`outcome`, or set another task"
            )
        numbers = values.astype("float64")
        if not np.isfinite(numbers.to_numpy()).all():
            raise UserError("task regression: an outcome is infinite; leave it empty")
        return numbers
    if is_float_dtype(values) and not (np.isfinite(values) & (values == values.round())).all():
        raise UserError(
            "task multiclass: the outcome has numbers with decimals; set task to regression, or "
            "make classes of them in `outcome`"
        )
    whole = values.astype("int64") if is_float_dtype(values) else values
    remedy = "set task to regression" if is_integer_dtype(whole) else "make fewer of them"
    check_number_of_classes(whole.nunique(), remedy)
    return whole.astype("str")


def check_number_of_classes(number: int, remedy: str) -> None:
    if number > CLASSES:
        raise UserError(
            f"task multiclass: the outcome has {number:,} different values, and classes are at "
            f"most {CLASSES}; {remedy}"
        )


def check_scores(table: pd.DataFrame, task: Task, place: str) -> None:
    """Raise a `UserError` unless a table with the column `key` has a prediction for every row."""
    found = score_columns(table)
    is_whole = len(found) > 1 and SCORE not in found if task == "multiclass" else found == [SCORE]
    if not is_whole:
        wanted = "score_ and the class, for each class" if task == "multiclass" else SCORE
        raise UserError(
            f"{place} has the predictions {', '.join(found) or 'none'}; of the task {task} they "
            f"are named {wanted}"
        )
    if text := [name for name in found if not is_float_dtype(table[name])]:
        raise UserError(f"{place}: {text[0]!r} is not a number; correct what the model gives")
    scores = table[found].astype("float64")
    low, high = (-np.inf, np.inf) if task == "regression" else (0, 1)
    right = (scores.ge(low) & scores.le(high) & np.isfinite(scores)).all(axis=1)
    if task == "multiclass":
        right &= (scores.sum(axis=1) - 1).abs() < SUM
    if not right.all():
        key, first = table.loc[~right, "key"].iloc[0], scores[~right].iloc[0]
        kind = "numbers" if task == "regression" else "probabilities"
        raise UserError(
            f"{place}: {int((~right).sum()):,} scores are not {kind}, the first "
            f"{', '.join(f'{value:g}' for value in first)} of the row {key!r}; correct what the "
            "model gives"
        )


def arrays(rows: pd.DataFrame, *starts: str) -> tuple[NDArray[Any], list[NDArray[Any]], list[str]]:
    """Return outcomes and predictions as metrics take them, and the classes in their order.

    Each of `starts` names the columns of a prediction; a class that it does not know has 0. Of
    classes the outcome is a number; of a prediction the shape is (rows,), or (rows, classes).
    """
    outcome, predicted = rows["outcome"], {start: classes(rows, start) for start in starts}
    if not any(predicted.values()):
        kind = "bool" if is_bool_dtype(outcome) else "float64"
        return outcome.to_numpy(kind), [rows[start].to_numpy("float64") for start in starts], []
    known = sorted({*outcome, *(name for found in predicted.values() for name in found)})
    numbers = outcome.map({name: number for number, name in enumerate(known)})
    tables = [
        rows.reindex(columns=[f"{start}_{name}" for name in known], fill_value=0.0)
        for start in starts
    ]
    return numbers.to_numpy("int64"), [table.to_numpy("float64") for table in tables], known
