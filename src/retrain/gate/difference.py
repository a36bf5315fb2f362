"""How far two models are apart on the same rows, and how sure that is."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retrain.gate.interval import Estimate, estimate
from retrain.gate.schema import Difference, Effect
from retrain.metrics.functions import FUNCTIONS, Array, Floats, Function
from retrain.metrics.table import Metric
from retrain.metrics.tasks import SCORE, arrays, score_columns

DIGITS = 6  # of a confidence
LIKELY = 0.8  # the one-sided confidence of "likely"; "surely" has the policy's
OTHER = "other"  # the columns of the other model's predictions, in place of SCORE
GROUPS = 200  # blocks without an order are put together into at most so many


@dataclass(frozen=True)
class Measured:
    """A metric of two models: on all rows, and this one's minus the other's without each block."""

    this: float
    other: float
    without: Floats
    ordered: bool

    def improvement(self, metric: Metric) -> Estimate | None:
        """Return by how much this model is better; None where it is undefined."""
        sign = 1 if metric.higher_is_better else -1
        return estimate(sign * (self.this - self.other), sign * self.without, self.ordered)


@dataclass(frozen=True)
class Pair:
    outcome: Array
    this: Floats
    other: Floats
    block: NDArray[np.intp]  # the number of each row's block, in the blocks' order
    blocks: int
    ordered: bool  # whether one block resembles the next
    classes: Sequence[str] = ()  # in the order of the columns of a multiclass prediction

    def subset(self, rows: NDArray[np.bool_]) -> "Pair":
        """Return some of the rows; a block that has none of them still counts as one."""
        columns = ("outcome", "this", "other", "block")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})

    def measured(self, function: Function) -> Measured:
        """Measure both models, on all rows and without each block in turn (the jackknife)."""

        def both(rows: NDArray[np.bool_] | slice) -> tuple[float, float]:
            outcome = self.outcome[rows]
            return function(outcome, self.this[rows]), function(outcome, self.other[rows])

        this, other = both(slice(None))
        rows = np.bincount(self.block, minlength=self.blocks)
        pairs = (
            both(self.block != block) if rows[block] else (this, other)
            for block in range(self.blocks)
        )
        without = np.array([one - two for one, two in pairs], "float64")
        return Measured(this, other, without, self.ordered)


# one metric by its name, of some pairs
Measure = Callable[[str, Sequence[Pair]], list[Measured]]


def by_table(name: str, pairs: Sequence[Pair]) -> list[Measured]:
    return [pair.measured(FUNCTIONS[name]) for pair in pairs]


def paired(rows: pd.DataFrame, column: str, ordered: bool) -> Pair:
    """Pair two models' predictions, of rows with `outcome`, SCORE, OTHER and a column of blocks.

    Blocks without an order are put into groups of equally many, whose differences are as
    independent: leaving out each of thousands of rows would take hours.
    """
    outcome, (this, other), known = arrays(rows, SCORE, OTHER)
    block, values = pd.factorize(rows[column], sort=True)
    number = len(values)
    if not ordered and number > GROUPS:
        hashes = [zlib.crc32(str(value).encode()) for value in values]
        place = np.asarray(pd.Series(hashes).rank(method="first"), "int64") - 1
        block, number = (place * GROUPS // number)[block], GROUPS
    return Pair(outcome, this, other, block, number, ordered, known)


def beside(rows: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return rows with another model's predictions of them, in columns OTHER."""
    return rows.join(scores.rename(columns=lambda name: OTHER + name.removeprefix(SCORE)))


def alone(rows: pd.DataFrame, column: str, ordered: bool) -> Pair:
    """Return one model's predictions, as a pair with themselves."""
    return paired(beside(rows, rows[score_columns(rows)]), column, ordered)


def difference(
    measured: Measured, metric: Metric, confidence: float, likely: float = LIKELY
) -> Difference:
    """Return how two models differ by a metric.

    `confidence` is two-sided, of the interval; an effect is sure where that excludes 0. `likely` is
    the one-sided confidence from which an effect is likely.
    """
    improvement = measured.improvement(metric)
    this, other = measured.this, measured.other
    low = high = np.nan
    if improvement:
        low, high = improvement.bounds(confidence)
        low, high = (low, high) if metric.higher_is_better else (-high, -low)
    numbers = {"this": this, "other": other, "difference": this - other, "low": low, "high": high}
    # of a metric as many digits as in reports/metrics.json, so that a table shows the same; of a
    # difference, which is smaller, one more; + 0: no -0, which would be other bytes
    digits = metric.decimals([this, other])
    rounded = {
        name: None
        if np.isnan(number)
        else round(float(number), digits + (name not in ("this", "other"))) + 0.0
        for name, number in numbers.items()
    }
    better = None
    if improvement:
        no_width = rounded["low"] == rounded["high"] == 0
        better = 0.5 if no_width else round(improvement.confidence_above(0), DIGITS)
    effect = _effect(better, (1 + confidence) / 2, likely)
    return Difference(**rounded, likely=better, effect=effect)


def _effect(better: float | None, sure: float, likely: float) -> Effect:
    if better is None:
        return "undefined"
    if max(better, 1 - better) < likely:
        return "not clear"
    if better > 0.5:
        return "surely better" if better >= sure else "likely better"
    return "surely worse" if 1 - better >= sure else "likely worse"
