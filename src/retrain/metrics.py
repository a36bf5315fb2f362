"""Metrics of predicted probabilities by name, most of them scikit-learn's, and curves.

scikit-learn is imported when a metric is computed: its import takes seconds.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Outcomes = NDArray[np.bool_]
Floats = NDArray[np.float64]
Metric = Callable[[Outcomes, Floats], float]  # NaN where it is undefined
Metrics = dict[str, float | None]

HIGHER_IS_BETTER = {
    "roc_auc": True,
    "average_precision": True,
    "brier": False,
    "log_loss": False,
    "calibration_error": False,
}
BINS = 10  # of equally many rows, for the calibration error and its curve
DIGITS = 5  # the last bits of a floating-point sum differ between machines: no change of the model
POINTS = 201  # of a curve: enough for a plot, few enough for a diff


def _sklearn(name: str, ranks: bool = False, **options: object) -> Metric:
    """Return a function of `sklearn.metrics`; a ranking of one class is undefined."""

    def metric(outcome: Outcomes, score: Floats) -> float:
        from sklearn import metrics

        defined = 0 < outcome.sum() < len(outcome) if ranks else len(outcome) > 0
        return float(getattr(metrics, name)(outcome, score, **options)) if defined else np.nan

    return metric


def log_loss(outcome: Outcomes, score: Floats) -> float:
    """Return the same as scikit-learn's `log_loss`, which takes 4 ms a call to check its input.

    The gate calls it a thousand times. A score of 0 or 1 is clipped in the same way.
    """
    from scipy.special import xlog1py, xlogy

    if not len(outcome):
        return np.nan
    eps = np.finfo(score.dtype).eps
    clipped = np.clip(score, eps, 1 - eps)
    return float(-np.mean(xlogy(outcome, clipped) + xlog1py(~outcome, -clipped)))


def calibration_error(outcome: Outcomes, score: Floats) -> float:
    """Return the expected calibration error over bins of equally many rows.

    Sources: Naeini, Cooper, Hauskrecht (2015), "Obtaining well calibrated probabilities using
    Bayesian binning"; equal-mass bins as Nixon et al. (2019), "Measuring calibration in deep
    learning", recommend, because scores crowd at one end.
    """
    if not len(outcome):
        return np.nan
    curve = calibration(outcome, score)
    gap = (curve["predicted"] - curve["observed"]).abs()
    return float(np.average(gap, weights=curve["rows"]))


FUNCTIONS: dict[str, Metric] = {
    "roc_auc": _sklearn("roc_auc_score", ranks=True),
    "average_precision": _sklearn("average_precision_score", ranks=True),
    "brier": _sklearn("brier_score_loss", labels=[False, True]),
    "log_loss": log_loss,
    "calibration_error": calibration_error,
}


def metrics(outcome: Outcomes, score: Floats) -> Metrics:
    """Return every metric, rounded; None where it is undefined."""
    values = {name: function(outcome, score) for name, function in FUNCTIONS.items()}
    return {name: None if np.isnan(each) else round(each, DIGITS) for name, each in values.items()}


def calibration(outcome: Outcomes, score: Floats) -> pd.DataFrame:
    """Return the reliability curve over BINS bins of equally many rows.

    Columns: `predicted` (mean score of the bin), `observed` (rate of the outcome), `rows`.
    """
    order = np.argsort(score, kind="stable")
    starts = np.unique(np.arange(BINS) * len(order) // BINS)
    rows = np.diff(np.append(starts, len(order)))
    predicted, observed = (
        np.add.reduceat(values[order].astype("float64"), starts) / rows
        for values in (score, outcome)
    )
    return pd.DataFrame({"predicted": predicted, "observed": observed, "rows": rows})


def curves(outcome: Outcomes, score: Floats) -> dict[str, pd.DataFrame]:
    """Return the ROC, precision-recall and calibration curves, by name, rounded, to be written."""
    from sklearn.metrics import precision_recall_curve, roc_curve

    false, true, _ = roc_curve(outcome, score, drop_intermediate=False)
    precision, recall, _ = precision_recall_curve(outcome, score)
    tables = {
        "roc": _thin({"false_positive_rate": false, "true_positive_rate": true}),
        "precision_recall": _thin({"recall": recall[::-1], "precision": precision[::-1]}),
        "calibration": calibration(outcome, score),
    }
    return {name: table.round(DIGITS) for name, table in tables.items()}


def _thin(columns: dict[str, Floats]) -> pd.DataFrame:
    """Return POINTS or fewer of a curve's own points, evenly along its first column."""
    curve = pd.DataFrame(columns)
    picked = np.searchsorted(curve.iloc[:, 0], np.linspace(0, 1, POINTS))
    return curve.iloc[np.unique([0, *picked.clip(max=len(curve) - 1), len(curve) - 1])]
