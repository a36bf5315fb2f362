"""How good a set of probabilities is: five metrics and three curves.

In numpy alone, and tested against scikit-learn, for two reasons: whoever judges need not wait for
scikit-learn's import, which takes longer than the judging; and each metric takes a weight a row, so
that the same code judges a run once and a thousand resamples of it.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Outcomes = NDArray[np.bool_]
Floats = NDArray[np.float64]
Metrics = dict[str, float | None]

HIGHER_IS_BETTER = {
    "roc_auc": True,
    "average_precision": True,
    "brier": False,
    "log_loss": False,
    "calibration_error": False,
}
DIGITS = 5  # the last bits of a floating-point sum differ between machines: no change of the model
POINTS = 201  # of a curve: enough for a plot, few enough for a diff


def counts(outcome: Outcomes, score: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return the true and the false positives at each threshold, from the strictest to none.

    Shape (thresholds + 1,) each: equal scores share a threshold, and the first is above them all.
    """
    order = np.argsort(-score, kind="stable")
    last_of_equals = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    hits = np.where(outcome, weight, 0.0)[order].cumsum()[last_of_equals]
    alarms = weight[order].cumsum()[last_of_equals]
    return np.append(0.0, hits), np.append(0.0, alarms - hits)


def roc_auc(outcome: Outcomes, score: Floats, weight: Floats) -> float:
    """Area under the ROC curve by trapezoids (Fawcett 2006, "An introduction to ROC analysis")."""
    true, false = counts(outcome, score, weight)
    return float(np.trapezoid(true, false) / (true[-1] * false[-1]))


def average_precision(outcome: Outcomes, score: Floats, weight: Floats) -> float:
    """Precision averaged over the steps of recall, not interpolated: as scikit-learn has it."""
    true, false = counts(outcome, score, weight)
    return float((np.diff(true) * precision(true, false)[1:]).sum() / true[-1])


def precision(true: Floats, false: Floats) -> Floats:
    """Return the share of true ones among the positives; 1 where there are none."""
    positives = true + false
    return np.divide(true, positives, out=np.ones_like(true), where=positives > 0)


def brier(outcome: Outcomes, score: Floats, weight: Floats) -> float:
    """Mean squared difference of probability and outcome (Brier 1950)."""
    return float(np.average((score - outcome) ** 2, weights=weight))


def log_loss(outcome: Outcomes, score: Floats, weight: Floats) -> float:
    """Mean of minus the logarithm, in nats, of the probability given to what happened."""
    given = np.where(outcome, score, 1 - score)
    return float(np.average(-np.log(given.clip(np.finfo(float).eps)), weights=weight))


def calibration(outcome: Outcomes, score: Floats, weight: Floats, bins: int) -> pd.DataFrame:
    """Return the reliability curve over bins of equally many rows, before weighting.

    Columns: `predicted` (mean score of the bin), `observed` (rate of the outcome), `rows` (weight).
    """
    order = np.argsort(score, kind="stable")
    starts = np.unique(np.arange(bins) * len(order) // bins)
    rows, scores, hits = (
        np.add.reduceat(values[order], starts)
        for values in (weight, weight * score, weight * outcome)
    )
    return pd.DataFrame({"predicted": scores / rows, "observed": hits / rows, "rows": rows})


def calibration_error(outcome: Outcomes, score: Floats, weight: Floats, bins: int) -> float:
    """Expected calibration error over bins of equally many rows.

    Sources: Naeini, Cooper, Hauskrecht (2015), "Obtaining well calibrated probabilities using
    Bayesian binning"; equal-mass bins as Nixon et al. (2019), "Measuring calibration in deep
    learning", recommend, because scores crowd at one end.
    """
    curve = calibration(outcome, score, weight, bins)
    gap = (curve["predicted"] - curve["observed"]).abs()
    return float(np.average(gap, weights=curve["rows"]))


def metrics(outcome: Outcomes, score: Floats, bins: int) -> Metrics:
    """Return the five metrics, rounded; None for those of ranking where only one class occurred."""
    weight = np.ones(len(score))
    both = 0 < outcome.sum() < len(outcome)
    values = {
        "roc_auc": roc_auc(outcome, score, weight) if both else None,
        "average_precision": average_precision(outcome, score, weight) if both else None,
        "brier": brier(outcome, score, weight),
        "log_loss": log_loss(outcome, score, weight),
        "calibration_error": calibration_error(outcome, score, weight, bins),
    }
    return {name: None if value is None else round(value, DIGITS) for name, value in values.items()}


def curves(outcome: Outcomes, score: Floats, bins: int) -> dict[str, pd.DataFrame]:
    """Return the ROC, precision-recall and calibration curves, by name, rounded, to be written."""
    weight = np.ones(len(score))
    true, false = counts(outcome, score, weight)
    recall = true / true[-1]
    tables = {
        "roc": _thin({"false_positive_rate": false / false[-1], "true_positive_rate": recall}),
        "precision_recall": _thin({"recall": recall, "precision": precision(true, false)}),
        "calibration": calibration(outcome, score, weight, bins).astype({"rows": "int64"}),
    }
    return {name: table.round(DIGITS) for name, table in tables.items()}


def _thin(columns: dict[str, Floats]) -> pd.DataFrame:
    """Return POINTS or fewer of a curve's own points, evenly along its first column."""
    curve = pd.DataFrame(columns)
    picked = np.searchsorted(curve.iloc[:, 0], np.linspace(0, 1, POINTS))
    return curve.iloc[np.unique([0, *picked.clip(max=len(curve) - 1), len(curve) - 1])]
