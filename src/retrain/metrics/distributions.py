"""How far two samples of one variable are apart, from counts in bins: PSI and Kolmogorov-Smirnov.

The bins are of the first sample, which may be read in parts: its quantiles, then its counts. The
statistics and not their p-values, because with many rows each difference is significant.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

QUANTILES = 101  # of a part of the sample
EDGES = 1000  # at most, of all of it
GROUPS = 10  # of equally many rows of the first sample, for PSI


def edges(quantiles: Sequence[Floats]) -> Floats:
    """Return the edges of bins, ascending, from the quantiles of each part of a sample."""
    found = np.unique(np.concatenate([*quantiles, np.array([], "float64")]))
    if len(found) <= EDGES:
        return found
    places = np.unique(np.linspace(0, len(found) - 1, EDGES).round().astype("int64"))
    return np.asarray(found[places], "float64")


def quantiles(values: Floats) -> Floats:
    """Return a few values between which about equally many lie; the smallest and greatest too."""
    known = values[np.isfinite(values)]
    at = np.linspace(0, 1, QUANTILES)
    # values that are there, so that each of a few different ones has a bin of its own
    return np.asarray(np.quantile(known, at, method="nearest") if len(known) else known, "float64")


def counts(values: Floats, bins: Floats) -> Floats:
    """Return how many values are below the first edge, from it to the next one, and so on."""
    known = values[np.isfinite(values)]
    place = np.searchsorted(bins, known, side="right")
    return np.bincount(place, minlength=len(bins) + 1).astype("float64")


def ks(one: Floats, other: Floats) -> float | None:
    """Return the greatest difference of the two distribution functions, 0 to 1."""
    if not one.sum() or not other.sum():
        return None
    apart = np.cumsum(one) / one.sum() - np.cumsum(other) / other.sum()
    return float(np.abs(apart).max())


def psi(one: Floats, other: Floats) -> float | None:
    """Return the population stability index of two samples, by their counts in some bins.

    Half a row is added to each bin, so that an empty one is not infinitely far.
    """
    if not one.sum() or not other.sum():
        return None
    share, its = ((each + 0.5) / (each.sum() + 0.5 * len(each)) for each in (one, other))
    return float(((its - share) * np.log(its / share)).sum())


def grouped(of: Floats, number: int = GROUPS) -> NDArray[np.intp]:
    """Return where groups of neighbouring bins begin, which hold about equally many rows."""
    before = np.cumsum(of) - of
    group = np.floor(number * before / max(of.sum(), 1)).clip(0, number - 1)
    return np.flatnonzero(np.diff(group, prepend=-1))


def psi_of_bins(one: Floats, other: Floats, missing: tuple[float, float] = (0, 0)) -> float | None:
    """Return the PSI of many bins put into GROUPS, and of the rows without a value."""
    starts = grouped(one)
    return psi(
        np.append(np.add.reduceat(one, starts), missing[0]),
        np.append(np.add.reduceat(other, starts), missing[1]),
    )
