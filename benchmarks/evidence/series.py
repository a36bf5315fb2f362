"""Means of days that are alike their neighbours: how often each method's word is right."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.signal import lfilter

from benchmarks.evidence.methods import METHODS
from retrain.metrics.functions import Floats

DAYS = (28, 30, 61, 92)
LIKELY, SURELY = 0.8, 0.975  # confidence on one side


def alike(rng: np.random.Generator, shape: tuple[int, ...], lag: float) -> Floats:
    """Return series along the last axis, of mean 0 and deviation 1, with this lag-1 correlation."""
    steps = rng.standard_normal(shape)
    steps[..., 1:] *= np.sqrt(1 - lag**2)  # so that the first day is as wide as the others
    return np.asarray(lfilter([1], [1, -lag], steps))


def one_day(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Return series with a lag-1 correlation of .5 and none after that: a moving average."""
    steps = rng.standard_normal((*shape[:-1], shape[-1] + 1))
    return np.asarray((steps[..., 1:] + steps[..., :-1]) / np.sqrt(2))


def long(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Return series with a lag-1 correlation of .33 that shrinks by a fifth a day only."""
    slow, fast = alike(rng, shape, 0.8), rng.standard_normal(shape)
    return np.asarray(np.sqrt(0.41) * slow + np.sqrt(0.59) * fast)


WORLDS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Floats]] = {
    "0": partial(alike, lag=0),
    ".17": partial(alike, lag=0.17),
    ".33": partial(alike, lag=0.33),
    ".5": partial(alike, lag=0.5),
    ".5, one day": one_day,
    ".33, long": long,
}


def autocorrelation(values: Floats, lag: int) -> float:
    """Return the correlation of a series with itself so many days later."""
    centred = values - values.mean()
    return float(centred[lag:] @ centred[:-lag] / (centred @ centred))


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


def simulate(days: int, number: int) -> dict[str, dict[str, Rates]]:
    """Return the rates of each method in each of WORLDS, on the same `number` of series."""
    rng = np.random.default_rng(days)
    found: dict[str, dict[str, Rates]] = {name: {} for name in METHODS}
    for world, made in WORLDS.items():
        values = made(rng, (number, days))
        for name, method in METHODS.items():
            error, reach = method(values)
            found[name][world] = rates(values.mean(axis=1) / error, error, reach)
    return found
