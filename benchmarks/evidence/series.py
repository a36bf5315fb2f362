"""Means of days that are alike their neighbours: how often each method's word is right."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from benchmarks.evidence.methods import METHODS
from retrain.metrics import Floats

LAGS = (0, 0.17, 0.33, 0.5)
DAYS = (28, 30, 61, 92)
LIKELY, SURELY = 0.8, 0.975  # confidence on one side


def alike(rng: np.random.Generator, shape: tuple[int, ...], lag: float) -> Floats:
    """Return series along the last axis, of mean 0 and deviation 1, with this lag-1 correlation."""
    steps = rng.standard_normal(shape)
    steps[..., 1:] *= np.sqrt(1 - lag**2)  # so that the first day is as wide as the others
    return np.asarray(lfilter([1], [1, -lag], steps))


def lag_one(values: Floats) -> float:
    """Return the correlation of a series with itself a day later."""
    centred = values - values.mean()
    return float(centred[1:] @ centred[:-1] / (centred @ centred))


@dataclass(frozen=True)
class Rates:
    """Shares of the simulated windows, of equally good models."""

    held: float  # the 95 % interval holds the truth
    surely: float  # promoted by mistake at .975 on one side
    likely: float  # the same at .8
    width: float  # of the interval: half of it, on average


def rates(ratio: Floats, error: Floats, reach: Callable[[float], float]) -> Rates:
    """Return how often an interval is right and wrong where the truth is 0.

    Args:
        ratio: of each window the improvement found, in standard errors.
        error: the standard error.
        reach: how many standard errors a confidence on one side asks for.
    """
    return Rates(
        held=float(np.mean(np.abs(ratio) <= reach(SURELY))),
        surely=float(np.mean(ratio > reach(SURELY))),
        likely=float(np.mean(ratio > reach(LIKELY))),
        width=float(np.mean(error) * reach(SURELY)),
    )


def simulate(days: int, number: int) -> dict[str, list[Rates]]:
    """Return the rates of each method at each of LAGS, on the same `number` of series."""
    rng = np.random.default_rng(days)
    every = [alike(rng, (number, days), lag) for lag in LAGS]
    found: dict[str, list[Rates]] = {name: [] for name in METHODS}
    for name, results in found.items():
        for values in every:
            error, reach = METHODS[name](values)
            results.append(rates(values.mean(axis=1) / error, error, reach))
    return found
