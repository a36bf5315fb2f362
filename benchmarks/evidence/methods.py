"""Ways to say how uncertain the mean of a series is: the one that was chosen, and those that lost.

Each takes many series at once, shape (series, days), and returns the standard error of each one's
mean, and a function from a confidence on one side to how many standard errors it reaches.
"""

from collections.abc import Callable
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from retrain.gate.interval import cosines, variance_of_mean
from retrain.metrics.functions import Floats

Method = Callable[[Floats], tuple[Floats, Callable[[float], float]]]


def independent(values: Floats) -> tuple[Floats, Callable[[float], float]]:
    """Student's t, as if days were independent."""
    days = values.shape[1]
    return values.std(axis=1, ddof=1) / np.sqrt(days), partial(stdtrit, days - 1)


def by_cosines(count: Callable[[int], int]) -> Method:
    """Equal-weighted cosines; `count` says how many for so many days."""

    def method(values: Floats) -> tuple[Floats, Callable[[float], float]]:
        number = count(values.shape[1])
        return np.sqrt(variance_of_mean(values, number)), partial(stdtrit, number)

    return method


def bartlett(values: Floats) -> tuple[Floats, Callable[[float], float]]:
    """Newey and West (1987), with fixed-b critical values (Kiefer and Vogelsang 2005).

    1.3 times the root of the number of days, as Lazarus et al. (2018) recommend; the critical
    values are simulated for just so many independent days.
    """
    return _bartlett_error(values), partial(_reach, values.shape[1])


def _bartlett_error(values: Floats) -> Floats:
    days = values.shape[1]
    lags = np.abs(np.subtract.outer(np.arange(days), np.arange(days)))
    weights = (1 - lags / np.ceil(1.3 * np.sqrt(days))).clip(0)
    centred = values - values.mean(axis=1, keepdims=True)
    return np.asarray(np.sqrt(((centred @ weights) * centred).sum(axis=1)) / days)


@cache
def _reach(days: int, confidence: float) -> float:
    values = np.random.default_rng(1).standard_normal((40_000, days))
    return float(np.quantile(values.mean(axis=1) / _bartlett_error(values), confidence))


def block_bootstrap(values: Floats) -> tuple[Floats, Callable[[float], float]]:
    """Circular block bootstrap, block lengths by Politis and White (2004, corrected 2009).

    Its deviation is computed and not drawn: as if there were infinitely many resamples.
    """
    days = values.shape[1]
    lengths, errors = _lengths(values), np.empty(len(values))
    for length in np.unique(lengths):
        series = values[lengths == length]
        sums = np.hstack([np.zeros((len(series), 1)), np.hstack([series, series]).cumsum(axis=1)])
        means = (sums[:, length : length + days] - sums[:, :days]) / length
        errors[lengths == length] = means.std(axis=1) / np.sqrt(days / length)
    return errors * np.sqrt(days / (days - 1)), partial(stdtrit, days - 1)


def _lengths(values: Floats) -> NDArray[np.intp]:
    """Return the optimal block length of each series."""
    days = values.shape[1]
    most = int(np.ceil(min(3 * np.sqrt(days), days / 3)))
    covariance = _autocovariances(values)
    run, limit = max(5, int(np.sqrt(np.log10(days)))), 2 * np.sqrt(np.log10(days) / days)
    small = np.abs(covariance / covariance[:, :1]) < limit
    quiet = np.stack([small[:, lag : lag + run].all(axis=1) for lag in range(1, days - run)], 1)
    last = np.where(quiet.any(axis=1), quiet.argmax(axis=1), most).clip(1)
    lags = np.arange(days)
    window = (2 * (1 - lags / (2 * last[:, None]))).clip(0, 1)  # flat, then down to 0
    twice = np.where(lags == 0, 1, 2) * window * covariance
    slope, level = (twice * lags).sum(axis=1), twice.sum(axis=1)
    best = (2 * slope**2 / (4 / 3 * level**2) * days) ** (1 / 3)
    return np.asarray(np.ceil(best).clip(1, most).astype(np.intp))


def _autocovariances(values: Floats) -> Floats:
    centred = values - values.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(centred, 2 * values.shape[1])) ** 2
    return np.asarray(np.fft.irfft(power)[:, : values.shape[1]] / values.shape[1])


def autoregression(values: Floats) -> tuple[Floats, Callable[[float], float]]:
    """A fitted AR(1), its coefficient corrected for short series (Kendall 1954)."""
    days = values.shape[1]
    covariance = _autocovariances(values)
    lag = covariance[:, 1] / covariance[:, 0]
    lag = ((days * lag + 1) / (days - 3)).clip(0, 0.97)
    error = np.sqrt(covariance[:, 0] * (1 + lag) / (1 - lag) / (days - 1))
    return error, partial(stdtrit, days - 2)


def power_of(factor: float) -> Callable[[int], int]:
    """Return a rule: so many cosines times the days to the power of two thirds."""
    return lambda days: int(factor * days ** (2 / 3) + 0.5)


METHODS: dict[str, Method] = {
    "independent days": independent,
    "cosines": by_cosines(cosines),
    "cosines, .4 n^2/3": by_cosines(power_of(0.4)),
    "cosines, .6 n^2/3": by_cosines(power_of(0.6)),
    "Bartlett, fixed b": bartlett,
    "block bootstrap": block_bootstrap,
    "AR(1)": autoregression,
}
