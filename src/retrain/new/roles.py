"""What each column is for: a feature or not, and why."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from retrain.new.profile import Profile, is_name, safe
from retrain.new.recognise import Column
from retrain.new.target import Target

CATEGORIES = 200  # different texts of a category, at most
EACH = 10  # rows of each, on average
LEAK = 0.99  # a column that alone explains more than this is left out
STRONG = 0.95  # is worth a look
ROWS = 5_000  # on which a column alone is tried


@dataclass(frozen=True)
class Role:
    column: str  # its name in data/
    role: str  # target, time, key, number, category, left out
    why: str
    feature: str = ""  # number or category, of a key or a time too


def roles(columns: dict[str, Column], found: Profile, target: Target, key: list[str]) -> list[Role]:
    """Return the role of each column, in the table's order."""
    made = []
    for column in columns.values():
        name = safe(column.name)
        if column.name == target.name:
            made.append(Role(name, "target", f"{target.task}: {target.why}"))
        elif name == found.table.time:
            made.append(Role(name, "time", "rows are split by it; the features of a calendar"))
        else:
            feature, why = _feature(column, found, target)
            if name in key:
                also = f", and a {feature}: {why}" if feature else ""
                made.append(Role(name, "key", f"a row's name{also}", feature))
            else:
                made.append(Role(name, feature or "left out", why, feature))
    return made


def _unfit(column: Column, found: Profile) -> str:
    """Return why a column cannot be a feature, whatever it explains, or nothing."""
    kinds = {
        "other": "neither numbers nor texts",
        "nothing": "empty in all rows",
        "time": "a time: what it tells is yours to write"
        if found.table.time
        else f"a time: to split by it, name it (TIME={column.name})",
    }
    if column.kind in kinds:
        return kinds[column.kind]
    if not column.many and column.distinct == 1 and not column.empty:
        return "the same in all rows"
    if is_name(column, found):
        return "all different: it names a row"
    if column.kind != "text":
        return ""
    if column.many or column.distinct > CATEGORIES:
        return f"{column.different} different texts: too many to be categories"
    if column.distinct * EACH > column.rows - column.empty:
        return f"{column.different} different texts in {column.rows:,} rows: too few of each"
    return ""


def _feature(column: Column, found: Profile, target: Target) -> tuple[str, str]:
    """Return number or category and a note on it, or nothing and why it is not a feature."""
    if why := _unfit(column, found):
        return "", why
    name = safe(column.name)
    explained = alone(found.sample[name], found.sample[safe(target.name)], target)
    if explained > LEAK:
        return "", f"it tells the target alone ({explained:.3f}): would it be known beforehand?"
    note = (
        f"; tells much alone ({explained:.2f}): is it known beforehand?"
        if explained > STRONG
        else ""
    )
    if column.kind == "text":
        return "category", f"{column.distinct} different texts{_empty(column)}{note}"
    if column.kind == "truth":
        return "number", f"true or false{_empty(column)}{note}"
    values = found.values[name]
    return "number", f"{values.low:.4g} to {values.high:.4g}{_empty(column)}{note}"


def _empty(column: Column) -> str:
    share = column.empty / column.rows
    return f", {share:.0%} empty" if share >= 0.005 else ", some empty" if share else ""


def alone(column: "pd.Series[Any]", outcome: "pd.Series[Any]", target: Target) -> float:
    """Return how much of the target a column tells by itself, 1 being all of it.

    Of a number the share of its variance, of two values the area under the ROC curve, of classes
    the accuracy beyond that of the commonest one: by a small tree, on rows it has not seen.
    """
    rows = np.random.default_rng(1).permutation(len(column))[:ROWS]
    x, y = column.iloc[rows], outcome.iloc[rows]
    is_number = x.dtype.kind in "iuf"
    codes = x.to_numpy("float64") if is_number else pd.factorize(x)[0]
    inputs = np.nan_to_num(np.asarray(codes, "float64"), nan=-1e30).reshape(-1, 1)
    shape = {"max_leaf_nodes": 200, "min_samples_leaf": 3, "random_state": 1}
    if target.task == "regression":
        truth = y.to_numpy("float64")
        made = _unseen(DecisionTreeRegressor(**shape), inputs, truth)
        spread = float(np.sum((truth - truth.mean()) ** 2))
        explained = 1 - float(np.sum((truth - made) ** 2)) / spread if spread else 0.0
        # of few rows a tree sees steps, where another unit of the target is a line
        line = pd.Series(codes).corr(pd.Series(truth)) if is_number else 0.0
        return max(explained, float(np.nan_to_num(line)) ** 2)
    labels, classes = pd.factorize(y.astype("str"))
    if target.task == "binary":
        ranks = pd.Series(_unseen(DecisionTreeRegressor(**shape), inputs, labels)).rank()
        ones = int(labels.sum())
        zeros = len(labels) - ones
        if not ones or not zeros:
            return 0.0
        area = (float(ranks[labels == 1].sum()) - ones * (ones + 1) / 2) / (ones * zeros)
        return max(area, 1 - area)
    right = float((_unseen(DecisionTreeClassifier(**shape), inputs, labels) == labels).mean())
    most = float(np.bincount(labels).max() / len(labels))
    return (right - most) / (1 - most) if len(classes) > 1 else 0.0


def _unseen(tree: Any, inputs: Any, outcome: Any) -> Any:
    """Return predictions of each half of some rows by a tree that has learned from the other."""
    made, half = np.zeros(len(outcome)), np.arange(len(outcome)) % 2 == 0
    for part in (half, ~half):
        made[part] = tree.fit(inputs[~part], outcome[~part]).predict(inputs[part])
    return made
