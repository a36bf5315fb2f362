"""Windows of rows with made models: outcomes of each task, unequal days, metrics of every kind."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax, stdtrit
from sklearn import config_context

from benchmarks.evidence.series import Rates, alike, autocorrelation, rates
from retrain.gate.difference import Pair
from retrain.gate.interval import cosines, estimate, pseudo_values
from retrain.metrics.functions import FUNCTIONS
from retrain.metrics.table import TABLE

# without the Brier score, which is a mean over rows as log loss is
NAMES = {
    "binary": ("log_loss", "roc_auc", "average_precision", "calibration_error"),
    "multiclass": ("log_loss", "accuracy", "f1_macro"),
    "regression": ("mean_absolute_error", "root_mean_squared_error", "r2"),
}
DAYS = 30
Window = Callable[[np.random.Generator, float, float], Pair]


def days(rng: np.random.Generator, present: float = 1) -> NDArray[np.intp]:
    """Return the day of each row: days of 30 to 90 rows, of which a share has any."""
    size = rng.integers(30, 91, DAYS) * (rng.random(DAYS) < present)
    return np.repeat(np.arange(DAYS), size)


def window(rng: np.random.Generator, lag: float, present: float = 1) -> Pair:
    """Return rows on which two models are equally good, by symmetry.

    Args:
        rng: draws.
        lag: the correlation of what neighbouring days do to the outcome, and to each model.
        present: the share of the days that have rows.
    """
    day = days(rng, present)
    luck, one, two = alike(rng, (3, DAYS), lag)[:, day]
    odds = rng.normal(-1.2, 1, len(day)) + 0.8 * luck
    known = odds - 0.56 * luck  # no model knows all of a day
    this, other = (
        expit(known + 0.3 * shift + rng.normal(0, 0.3, len(day))) for shift in (one, two)
    )
    return Pair(rng.random(len(day)) < expit(odds), this, other, day, DAYS, ordered=True)


def numbers(rng: np.random.Generator, lag: float, present: float = 1) -> Pair:
    """Return the same for a regression: positive amounts, whose errors grow with them."""
    day = days(rng, present)
    luck, one, two = alike(rng, (3, DAYS), lag)[:, day]
    known = rng.normal(3, 0.7, len(day))
    outcome = np.exp(known + 0.3 * luck + rng.normal(0, 0.3, len(day)))
    this, other = (
        np.exp(known + 0.15 * shift + rng.normal(0, 0.15, len(day))) for shift in (one, two)
    )
    return Pair(outcome, this, other, day, DAYS, ordered=True)


def classes(rng: np.random.Generator, lag: float, present: float = 1) -> Pair:
    """Return the same for three classes, one of which is rare."""
    day = days(rng, present)
    luck, one, two = alike(rng, (3, 3, DAYS), lag)[:, :, day].transpose(0, 2, 1)
    known = rng.normal([1, 0, -1], 1, (len(day), 3))
    truth = softmax(known + 0.5 * luck, axis=1)
    outcome = (truth.cumsum(axis=1) < rng.random((len(day), 1))).sum(axis=1).clip(max=2)
    this, other = (
        softmax(known + 0.3 * shift + rng.normal(0, 0.3, known.shape), axis=1)
        for shift in (one, two)
    )
    return Pair(outcome, this, other, day, DAYS, ordered=True)


WINDOWS: dict[str, Window] = {"binary": window, "multiclass": classes, "regression": numbers}


class Rated(NamedTuple):
    """How the interval of a metric does."""

    rates: Rates
    elsewhere: Rates  # centred at the mean of the pseudo-values, the jackknife's own estimate
    lag: float  # of the pseudo-values, on average


def simulate(
    seeds: Iterable[int], lag: float, present: float = 1, task: str = "binary"
) -> dict[str, Rated]:
    """Return how the interval of each metric does, on one window a seed; see `window`."""
    names = NAMES[task]
    found: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in names}
    for seed in seeds:
        made = WINDOWS[task](np.random.default_rng(seed), lag, present)
        for name, results in found.items():
            with config_context(assume_finite=True, skip_parameter_validation=True):  # faster
                measured = made.measured(FUNCTIONS[name])
            sign = 1 if TABLE[name].higher_is_better else -1
            whole, without = sign * (measured.this - measured.other), sign * measured.without
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
