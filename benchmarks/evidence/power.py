"""What a window can see: gains that it finds, losses that it lets pass, and looks repeated."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

import numpy as np
from scipy.special import nctdtrinc, stdtr, stdtrit

from benchmarks.evidence.replay import FIRST, Month, Policy, window
from benchmarks.evidence.series import LIKELY, SURELY, alike, autocorrelation
from benchmarks.evidence.year import Change, Model, Year
from retrain.gate.interval import Estimate, cosines, variance_of_mean
from retrain.metrics.functions import Floats

SMALL = (("learning_rate", 0.1),)
VARIANTS = {
    "learning_rate": (0.06, 0.07, 0.09, 0.1, 0.12),
    "max_iter": (60, 80, 90, 110, 120, 150),
    "max_leaf_nodes": (20, 24, 40, 63),
    "min_samples_leaf": (10, 20, 40, 60, 100),
}
LOOKS = (1, 3, 5, 10, 20)


class Seen(NamedTuple):
    """Of one kind of change, the median over windows."""

    width: float  # half of the 95 % interval
    surely: float  # the gain that is found four times in five
    likely: float


def seen(year: Year, months: int, change: Change = ()) -> Seen:
    """Return what windows of so many months see of a change, or else of a month more of data."""
    found = []
    for last in window(year, FIRST)[months - 1 :]:
        first = year.earlier(last, months - 1)
        past = year.earlier(first, 1)
        pair = Model(past, change), Model(past) if change else Model(year.earlier(past, 1))
        shown = [month for month in year.months if first <= month <= last]
        known, _ = year.compare(tuple(shown), *((model,) * months for model in pair))
        low, high = known.bounds(0.95)
        gains = (gain(known, confidence) for confidence in (SURELY, LIKELY))
        found.append(((high - low) / 2, *gains))
    return Seen(*(median(column) for column in zip(*found, strict=True)))


def gain(found: Estimate, confidence: float) -> float:
    """Return the true gain that is found with this confidence four times in five."""
    reach = stdtrit(found.degrees, confidence)
    return float(nctdtrinc(found.degrees, 0.2, reach)) * found.error


def promoted(policy: Policy, truth: float, retrainings: Sequence[Month], number: int) -> float:
    """Return how often a policy promotes a model whose true improvement is `truth`.

    Simulated on windows with the error and the lag-1 correlation of each of the real ones.
    """
    shares = []
    for month in retrainings:
        values = truth + month.scale * alike(np.random.default_rng(1), (number, 30), month.lags[0])
        error = np.sqrt(variance_of_mean(values, cosines(30)))
        likely = stdtr(cosines(30), (values.mean(axis=1) - policy.margin) / error)
        shares.append(np.mean(likely >= policy.confidence))
    return float(np.mean(shares))


def variants(year: Year) -> tuple[list[Estimate], Floats, float]:
    """Judge twenty small changes on July.

    Returns:
        each one's improvement; the correlations between their pseudo-values; the median lag-1.
    """
    past = Model(year.earlier(FIRST, 1))
    judged = [
        year.compare((FIRST,), (Model(past.through, ((name, value),)),), (past,))
        for name, each in VARIANTS.items()
        for value in each
    ]
    series = np.array([values for _, values in judged])
    return (
        [found for found, _ in judged],
        np.corrcoef(series),
        median(autocorrelation(each, 1) for each in series),
    )


def looks(correlation: Floats, lag: float, number: int) -> list[tuple[float, float]]:
    """Return for each of LOOKS how often one of so many equal models seems surely, likely better.

    Args:
        correlation: between what the models do on a day.
        lag: between one day and the next.
        number: of simulated windows.
    """
    rng = np.random.default_rng(1)
    root = np.linalg.cholesky(correlation + 1e-9 * np.eye(len(correlation)))
    values = np.einsum("ij,wjd->wid", root, alike(rng, (number, len(root), 30), lag))
    ratio = values.mean(axis=2) / np.sqrt(variance_of_mean(values, cosines(30)))
    ratio = rng.permuted(ratio, axis=1)  # tried in any order
    levels = stdtrit(cosines(30), (SURELY, LIKELY))
    return [
        tuple((ratio[:, :many, None] > levels).any(axis=1).mean(axis=0).tolist()) for many in LOOKS
    ]
