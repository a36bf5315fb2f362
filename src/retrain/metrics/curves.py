"""The curves of a task: what `evaluate` writes, and what the report shows of two models."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from retrain.metrics.functions import Array, Floats, bins
from retrain.metrics.table import DIGITS, Task

POINTS = 201  # of a curve: enough for a plot, few enough for a diff


def curves(
    outcome: Array, score: Array, task: Task, classes: Sequence[str] = ()
) -> dict[str, pd.DataFrame]:
    """Return tables by name, rounded, to be written.

    The first column is x, the second y. binary: ROC, precision-recall, calibration. multiclass: the
    rows by their class and the likeliest one. regression: calibration, with the error's spread.
    """
    if task == "binary":
        tables = _ranked(outcome, score)
    elif task == "regression":
        tables = _numbers(outcome, score)
    else:
        tables = {"confusion": _confused(outcome, score, classes)}
    return {name: table.round(DIGITS) for name, table in tables.items()}


def calibration(outcome: Array, score: Array) -> pd.DataFrame:
    """Return the reliability curve over bins of equally many rows.

    Columns: `predicted` (mean prediction of the bin), `observed` (mean outcome), `rows`.
    """
    predicted, observed, rows = bins(outcome, score)
    return pd.DataFrame({"predicted": predicted, "observed": observed, "rows": rows})


def _ranked(outcome: Array, score: Array) -> dict[str, pd.DataFrame]:
    from sklearn.metrics import precision_recall_curve, roc_curve

    false, true, _ = roc_curve(outcome, score, drop_intermediate=False)
    precision, recall, _ = precision_recall_curve(outcome, score)
    return {
        "roc": _thin({"false_positive_rate": false, "true_positive_rate": true}),
        "precision_recall": _thin({"recall": recall[::-1], "precision": precision[::-1]}),
        "calibration": calibration(outcome, score),
    }


def _numbers(outcome: Array, score: Array) -> dict[str, pd.DataFrame]:
    table = calibration(outcome, score)
    order = np.argsort(score, kind="stable")
    ends = np.cumsum(table["rows"].to_numpy("int64"))
    parts = np.split((outcome - score)[order], ends[:-1])
    low, middle, high = np.array([np.quantile(part, [0.1, 0.5, 0.9]) for part in parts]).T
    residuals = {"predicted": table["predicted"], "median": middle, "low": low, "high": high}
    return {"calibration": table, "residuals": pd.DataFrame(residuals)}


def _confused(outcome: Array, score: Array, classes: Sequence[str]) -> pd.DataFrame:
    named = np.asarray(classes)
    table = pd.DataFrame({"predicted": named[score.argmax(axis=1)], "actual": named[outcome]})
    return table.value_counts(sort=False).rename("rows").reset_index()


def _thin(columns: dict[str, Floats]) -> pd.DataFrame:
    """Return POINTS or fewer of a curve's own points, evenly along its first column."""
    curve = pd.DataFrame(columns)
    picked = np.searchsorted(curve.iloc[:, 0], np.linspace(0, 1, POINTS))
    return curve.iloc[np.unique([0, *picked.clip(max=len(curve) - 1), len(curve) - 1])]
