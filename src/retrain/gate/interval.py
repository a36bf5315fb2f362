"""The interval of a difference, for any metric, where neighbouring days are alike.

Leave out one block of rows (a day) at a time: what each block adds to the difference, its
pseudo-value, is a series of one number a block (the jackknife: Tukey 1958; Miller 1974). The
uncertainty of a series with dependence is read from its slowest movements, its projections on the
first few cosines (Lazarus, Lewis, Stock and Watson 2018, "HAR inference: recommendations for
practice"). docs/gate.md shows how often this is right, and which methods were not better.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from retrain.metrics.functions import Floats


@dataclass(frozen=True)
class Estimate:
    """A difference, its standard error, and the degrees of freedom of its Student's t.

    An error of 0: all blocks are alike, and the truth is `value`.
    """

    value: float
    error: float
    degrees: int

    def bounds(self, confidence: float) -> tuple[float, float]:  # two-sided
        half_width = float(stdtrit(self.degrees, (1 + confidence) / 2)) * self.error
        return self.value - half_width, self.value + half_width

    def confidence_above(self, threshold: float) -> float:
        """Return the one-sided confidence that the truth is greater than a threshold.

        That it is less: one minus this. With an error of 0: 1, 0, or 1/2 where they are equal.
        """
        if self.error == 0:
            return (1 + float(np.sign(self.value - threshold))) / 2
        return float(stdtr(self.degrees, (self.value - threshold) / self.error))


def estimate(whole: float, without: Floats, ordered: bool) -> Estimate | None:
    """Estimate a difference; None where it is undefined, or there is one block.

    `whole` is the difference on all rows. It is the centre, not the mean of the pseudo-values: the
    difference that is shown is the one that is judged. `without` is the same without each block in
    turn; `whole` itself where a block has no row. `ordered`: whether neighbouring blocks may be
    alike (days), or are independent (customers).
    """
    values = pseudo_values(whole, without)
    if len(values) < 2 or not np.isfinite(values).all():
        return None
    if ordered:
        number = cosines(len(values))
        return Estimate(whole, float(np.sqrt(variance_of_mean(values, number))), number)
    error = np.std(values - values[0], ddof=1) / np.sqrt(len(values))
    return Estimate(whole, float(error), len(values) - 1)


def pseudo_values(whole: float, without: Floats) -> Floats:
    """Return one number a block: what the difference would be if all blocks were like this one."""
    return whole + (len(without) - 1) * (whole - without)


def cosines(blocks: int) -> int:
    """Return how many cosines to use: 8 for 30 blocks, 12 for 61, 16 for 92.

    Few see only slow movements, many give narrower intervals.
    """
    return min(blocks - 1, int(0.8 * blocks ** (2 / 3) + 0.5))


def variance_of_mean(values: Floats, number: int) -> Floats:
    """Return the variance of the mean of a series with dependence, from its first cosines.

    `values` has the shape (..., blocks): one series, or many.
    """
    blocks = values.shape[-1]
    times = np.pi * (np.arange(blocks) + 0.5) / blocks
    waves = np.sqrt(2 / blocks) * np.cos(np.outer(times, np.arange(1, number + 1)))
    found = np.mean(((values - values[..., :1]) @ waves) ** 2, axis=-1) / blocks
    return np.asarray(found, dtype="float64")
