"""The functions of the metrics, most of them scikit-learn's.

They take arrays (see `retrain.metrics.tasks`): of a binary task the outcome (bool) and its
probability; of a multiclass one the number of the class, and a probability a class, in columns; of
a regression two numbers. scikit-learn is imported when a metric is computed: it takes seconds.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrain.metrics.table import TABLE, users_metric

Array = NDArray[Any]
Floats = NDArray[np.float64]
Function = Callable[[Array, Array], float]  # of outcome and prediction; NaN where it is undefined
Metrics = dict[str, float | None]

BINS = 10  # of equally many rows, for the calibration error and its curve


def _sklearn(name: str, **options: object) -> Function:
    """Return a function of `sklearn.metrics`, which is undefined without rows."""

    def metric(outcome: Array, score: Array) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(outcome, score, **options)) if len(outcome) else np.nan

    return metric


def _of_two(function: Function) -> Function:
    """Return a metric that is undefined where all outcomes are the same."""

    def metric(outcome: Array, score: Array) -> float:
        different = len(outcome) > 0 and bool((outcome != outcome[0]).any())
        return function(outcome, score) if different else np.nan

    return metric


def _of_decisions(function: Function) -> Function:
    """Return a metric of the likeliest class, in place of the probabilities."""

    def metric(outcome: Array, score: Array) -> float:
        return function(outcome, score.argmax(axis=1) if score.ndim > 1 else score > 0.5)

    return metric


def log_loss(outcome: Array, score: Array) -> float:
    """Return the same as scikit-learn's `log_loss`, which takes 4 ms a call to check its input.

    The gate calls it a thousand times. A score of 0 or 1 is clipped in the same way.
    """
    from scipy.special import xlog1py, xlogy

    if not len(outcome):
        return np.nan
    eps = np.finfo(score.dtype).eps
    clipped = np.clip(score, eps, 1 - eps)
    if score.ndim > 1:
        return float(-np.mean(np.log(clipped[np.arange(len(outcome)), outcome])))
    return float(-np.mean(xlogy(outcome, clipped) + xlog1py(~outcome, -clipped)))


def roc_auc_ovr(outcome: Array, score: Array) -> float:
    """Return the mean area under the curves of each class against the rest."""
    from sklearn.metrics import roc_auc_score

    classes = np.arange(score.shape[1])
    if len(np.unique(outcome)) < len(classes):
        return np.nan
    one_hot = outcome[:, None] == classes
    return float(np.mean([roc_auc_score(one_hot[:, each], score[:, each]) for each in classes]))


def f1_macro(outcome: Array, score: Array) -> float:
    """Return the mean F1 of all classes, of which one without rows counts as 0."""
    function = _sklearn("f1_score", average="macro", labels=range(score.shape[1]), zero_division=0)
    return function(outcome, score.argmax(axis=1))


def calibration_error(outcome: Array, score: Array) -> float:
    """Return the expected calibration error over bins of equally many rows.

    Sources: Naeini, Cooper, Hauskrecht (2015), "Obtaining well calibrated probabilities using
    Bayesian binning"; equal-mass bins as Nixon et al. (2019), "Measuring calibration in deep
    learning", recommend, because scores crowd at one end.
    """
    if not len(outcome):
        return np.nan
    predicted, observed, rows = bins(outcome, score)
    return float(np.average(np.abs(predicted - observed), weights=rows))


def bins(outcome: Array, score: Array) -> tuple[Floats, Floats, Floats]:
    """Return mean prediction, mean outcome, and the rows of BINS bins of equally many rows."""
    order = np.argsort(score, kind="stable")
    starts = np.unique(np.arange(BINS) * len(order) // BINS)
    rows = np.diff(np.append(starts, len(order)))
    predicted, observed = (
        np.add.reduceat(values[order].astype("float64"), starts) / rows
        for values in (score, outcome)
    )
    return predicted, observed, rows


FUNCTIONS: dict[str, Function] = {
    "roc_auc": _of_two(_sklearn("roc_auc_score")),
    "average_precision": _of_two(_sklearn("average_precision_score")),
    "brier": _sklearn("brier_score_loss", labels=[False, True]),
    "log_loss": log_loss,
    "calibration_error": calibration_error,
    "accuracy": _of_decisions(_sklearn("accuracy_score")),
    "f1": _of_decisions(_sklearn("f1_score", zero_division=0)),
    "f1_macro": f1_macro,
    "roc_auc_ovr": roc_auc_ovr,
    "mean_absolute_error": _sklearn("mean_absolute_error"),
    "root_mean_squared_error": _sklearn("root_mean_squared_error"),
    "median_absolute_error": _sklearn("median_absolute_error"),
    "r2": _of_two(_sklearn("r2_score")),
}


def metrics(outcome: Array, score: Array, functions: Mapping[str, Function]) -> Metrics:
    """Return metrics by name, rounded; None where one is undefined."""
    return {name: rounded(name, function(outcome, score)) for name, function in functions.items()}


def rounded(name: str, value: float) -> float | None:
    metric = TABLE.get(name) or users_metric(higher_is_better=True)  # which its digits do not need
    return None if np.isnan(value) else round(value, metric.decimals([value]))
