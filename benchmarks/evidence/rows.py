"""Windows of rows with made models: binary outcomes, unequal days, and metrics of every kind."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, stdtrit
from sklearn import config_context
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from benchmarks.evidence.series import Rates, alike, autocorrelation, rates
from retrain import metrics
from retrain.ci.interval import cosines, estimate, pseudo_values
from retrain.metrics import Floats, Outcomes

Metric = Callable[[Outcomes, Floats], float]
Numbers = NDArray[np.intp]
BINS, DAYS = 10, 30


def calibration_error(outcome: Outcomes, score: Floats) -> float:
    """Return the project's own: scikit-learn has none."""
    return metrics.calibration_error(outcome, score, np.ones(len(score)), BINS)


METRICS: dict[str, tuple[Metric, int]] = {  # and the sign of an improvement
    "log_loss": (log_loss, -1),
    "roc_auc": (roc_auc_score, 1),
    "average_precision": (average_precision_score, 1),
    "calibration_error": (calibration_error, -1),
}


def improvement(
    name: str, outcome: Outcomes, score: Floats, other: Floats, day: Numbers, days: int
) -> tuple[float, Floats]:
    """Return by how much `score` is better than `other`: on all rows, and without each day.

    Args:
        name: of METRICS.
        outcome: of each row.
        score: of each row, by the one model.
        other: by the other.
        day: of each row, from 0 and below `days`; there may be days without a row.
        days: how many.
    """
    metric, sign = METRICS[name]

    def difference(rows: slice | NDArray[np.bool_]) -> float:
        this, that = (metric(outcome[rows], each[rows]) for each in (score, other))
        return sign * (this - that)

    whole = difference(slice(None))
    with config_context(assume_finite=True, skip_parameter_validation=True):
        without = [
            difference(day != each) if (day == each).any() else whole for each in range(days)
        ]
    return whole, np.array(without)


def window(
    rng: np.random.Generator, lag: float, days: int = DAYS, rows: int = 60, present: float = 1
) -> tuple[Outcomes, Floats, Floats, Numbers]:
    """Return outcome, two scores and day of each row; the models are equally good, by symmetry.

    Args:
        rng: draws.
        lag: the correlation of what neighbouring days do to the outcome, and to each model.
        days: of the window.
        rows: a day, on average: between half and one and a half times as many.
        present: the share of the days that have rows.
    """
    size = rng.integers(rows // 2, rows * 3 // 2 + 1, days) * (rng.random(days) < present)
    day = np.repeat(np.arange(days), size)
    luck, one, two = alike(rng, (3, days), lag)[:, day]
    odds = rng.normal(-1.2, 1, len(day)) + 0.8 * luck
    known = odds - 0.56 * luck  # no model knows all of a day
    score, other = (
        expit(known + 0.3 * shift + rng.normal(0, 0.3, len(day))) for shift in (one, two)
    )
    return rng.random(len(day)) < expit(odds), score, other, day


class Rated(NamedTuple):
    """How the interval of a metric does."""

    rates: Rates
    elsewhere: Rates  # centred at the mean of the pseudo-values, the jackknife's own estimate
    lag: float  # of the pseudo-values, on average


def simulate(seeds: Iterable[int], lag: float, present: float = 1) -> dict[str, Rated]:
    """Return how the interval of each metric does, on one window a seed; see `window`."""
    found: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in METRICS}
    for seed in seeds:
        made = window(np.random.default_rng(seed), lag, present=present)
        for name, results in found.items():
            whole, without = improvement(name, *made, DAYS)
            values = pseudo_values(whole, without)
            if known := estimate(whole, without, ordered=True):
                results.append(
                    (whole, float(values.mean()), known.error, autocorrelation(values, 1))
                )
    reach = partial(stdtrit, cosines(DAYS))
    rated = {}
    for name, results in found.items():
        value, other, error, correlation = np.array(results).T
        rated[name] = Rated(
            rates=rates(value / error, error, reach),
            elsewhere=rates(other / error, error, reach),
            lag=float(correlation.mean()),
        )
    return rated
