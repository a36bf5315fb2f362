"""Windows of rows with made models: binary outcomes, unequal days, and metrics of every kind."""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.special import expit, stdtrit
from sklearn import config_context

from benchmarks.evidence.series import Rates, alike, autocorrelation, rates
from retrain.gate.difference import Pair
from retrain.gate.interval import cosines, estimate, pseudo_values
from retrain.metrics import FUNCTIONS, HIGHER_IS_BETTER

# without the Brier score, which is a mean over rows as log loss is
NAMES = ("log_loss", "roc_auc", "average_precision", "calibration_error")
DAYS = 30


def window(rng: np.random.Generator, lag: float, present: float = 1) -> Pair:
    """Return days of 30 to 90 rows, on which two models are equally good, by symmetry.

    Args:
        rng: draws.
        lag: the correlation of what neighbouring days do to the outcome, and to each model.
        present: the share of the days that have rows.
    """
    size = rng.integers(30, 91, DAYS) * (rng.random(DAYS) < present)
    day = np.repeat(np.arange(DAYS), size)
    luck, one, two = alike(rng, (3, DAYS), lag)[:, day]
    odds = rng.normal(-1.2, 1, len(day)) + 0.8 * luck
    known = odds - 0.56 * luck  # no model knows all of a day
    this, other = (
        expit(known + 0.3 * shift + rng.normal(0, 0.3, len(day))) for shift in (one, two)
    )
    return Pair(rng.random(len(day)) < expit(odds), this, other, day, DAYS, ordered=True)


class Rated(NamedTuple):
    """How the interval of a metric does."""

    rates: Rates
    elsewhere: Rates  # centred at the mean of the pseudo-values, the jackknife's own estimate
    lag: float  # of the pseudo-values, on average


def simulate(seeds: Iterable[int], lag: float, present: float = 1) -> dict[str, Rated]:
    """Return how the interval of each metric does, on one window a seed; see `window`."""
    found: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in NAMES}
    for seed in seeds:
        made = window(np.random.default_rng(seed), lag, present=present)
        for name, results in found.items():
            with config_context(assume_finite=True, skip_parameter_validation=True):  # faster
                whole, without = made.jackknife(FUNCTIONS[name], HIGHER_IS_BETTER[name])
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
