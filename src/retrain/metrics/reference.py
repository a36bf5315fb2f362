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
        for labels, outcome in parts:
            by_label = indicators(outcome, task).groupby(labels)
            sums = sums.add(by_label.sum(), fill_value=0)
            rows = rows.add(by_label.size(), fill_value=0)
        self.rows = int(rows.sum())
        self.overall = sums.sum() / self.rows
        # a share of 0 would make one such row cost more than all others together
        extra = 1 if task == "multiclass" else 0
        self.by_label = (sums.fillna(0) + extra * self.overall).div(rows + extra, axis=0)

    def predict(self, labels: "pd.Series[Any]") -> pd.DataFrame:
        """Return the columns of a prediction; a label that is new gets the mean of all."""
        return self.by_label.reindex(labels).fillna(self.overall).set_axis(labels.index)


def indicators(outcome: "pd.Series[Any]", task: Task) -> pd.DataFrame:
    """Return an outcome as predictions that are certain of it."""
    if task != "multiclass":
        return outcome.astype("float64").to_frame(SCORE)
    return pd.get_dummies(outcome, prefix=SCORE, prefix_sep="_", dtype="float64")
