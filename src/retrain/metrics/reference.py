"""The reference, the simple model to beat: the mean outcome by a label of the rows that train."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from retrain.metrics.table import Task
from retrain.metrics.tasks import SCORE

# a label and an outcome for each row
Labelled = tuple["pd.Series[Any]", "pd.Series[Any]"]


class Reference:
    """The mean outcome by label; of classes, the share of each."""

    def __init__(self, parts: Iterable[Labelled], task: Task) -> None:
        """Learn from the rows of some files, of which one is in memory at a time."""
        sums, rows = pd.DataFrame(), pd.Series(dtype="float64")
        total, self.rows = pd.Series(dtype="float64"), 0
        for labels, outcome in parts:
            values = indicators(outcome, task)
            total, self.rows = total.add(values.sum(), fill_value=0), self.rows + len(values)
            by_label = values.groupby(
                labels
            )  # a row whose label is empty counts in the total alone
            sums = sums.add(by_label.sum(), fill_value=0)
            rows = rows.add(by_label.size(), fill_value=0)
        self.overall = total / self.rows
        self.by_label = sums.fillna(0).div(rows, axis=0)
        if task != "regression":
            # a share of 0 would make one such row cost more than all others together
            certain = self.by_label.isin([0, 1]).any(axis=1) | (task == "multiclass")
            smooth = (sums.fillna(0) + self.overall).div(rows + 1, axis=0)
            self.by_label = smooth.where(certain, self.by_label, axis=0)

    def predict(self, labels: "pd.Series[Any]") -> pd.DataFrame:
        """Return the columns of a prediction; a label that is new gets the mean of all."""
        return self.by_label.reindex(labels).fillna(self.overall).set_axis(labels.index)


def indicators(outcome: "pd.Series[Any]", task: Task) -> pd.DataFrame:
    """Return an outcome as predictions that are certain of it, one row each."""
    if task != "multiclass":
        return outcome.astype("float64").to_frame(SCORE)
    return pd.get_dummies(outcome, prefix=SCORE, prefix_sep="_", dtype="float64")
