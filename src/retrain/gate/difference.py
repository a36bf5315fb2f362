"""How far two models are apart on the same rows, and how sure that is."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retrain.gate.interval import Estimate, estimate
from retrain.gate.schema import Difference, Effect
from retrain.metrics import DIGITS as METRIC_DIGITS
from retrain.metrics import Floats, Metric, Outcomes

DIGITS = METRIC_DIGITS + 1  # a difference is smaller than a metric
LIKELY = 0.8  # the one-sided confidence of "likely"; "surely" has the policy's


@dataclass(frozen=True)
class Pair:
    outcome: Outcomes
    this: Floats
    other: Floats
    block: NDArray[np.intp]  # the number of each row's block, in the blocks' order
    blocks: int
    ordered: bool  # whether one block resembles the next

    def subset(self, rows: NDArray[np.bool_]) -> "Pair":
        """Return some of the rows; a block that has none of them still counts as one."""
        columns = ("outcome", "this", "other", "block")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})

    def improvement(self, metric: Metric, higher_is_better: bool) -> Estimate | None:
        """Return by how much this model is better; None where it is undefined."""
        return estimate(*self.jackknife(metric, higher_is_better), self.ordered)

    def jackknife(self, metric: Metric, higher_is_better: bool) -> tuple[float, Floats]:
        """Return by how much this model is better: on all rows, and without each block in turn."""
        sign = 1 if higher_is_better else -1

        def improvement(rows: NDArray[np.bool_] | slice) -> float:
            outcome = self.outcome[rows]
            return sign * (metric(outcome, self.this[rows]) - metric(outcome, self.other[rows]))

        whole, rows = improvement(slice(None)), np.bincount(self.block, minlength=self.blocks)
        without = (
            improvement(self.block != block) if rows[block] else whole
            for block in range(self.blocks)
        )
        return whole, np.fromiter(without, "float64")


def paired(rows: pd.DataFrame, column: str, ordered: bool) -> Pair:
    """Pair the scores of rows with the columns `outcome`, `score`, `other` and that of blocks."""
    block, values = pd.factorize(rows[column], sort=True)
    this, other = (rows[name].to_numpy("float64") for name in ("score", "other"))
    return Pair(rows["outcome"].to_numpy("bool"), this, other, block, len(values), ordered)


def difference(
    pair: Pair, metric: Metric, higher_is_better: bool, confidence: float, likely: float = LIKELY
) -> Difference:
    """Return how two models differ by a metric.

    `confidence` is two-sided, of the interval; an effect is sure where that excludes 0. `likely` is
    the one-sided confidence from which an effect is likely.
    """
    improvement = pair.improvement(metric, higher_is_better)
    this, other = metric(pair.outcome, pair.this), metric(pair.outcome, pair.other)
    low = high = np.nan
    if improvement:
        low, high = improvement.bounds(confidence)
        low, high = (low, high) if higher_is_better else (-high, -low)
    numbers = {"this": this, "other": other, "difference": this - other, "low": low, "high": high}
    # of a metric as many as in reports/metrics.json, so that a table shows the same; + 0: no -0,
    # which would be other bytes
    digits = dict.fromkeys(numbers, DIGITS) | {"this": METRIC_DIGITS, "other": METRIC_DIGITS}
    rounded = {
        name: None if np.isnan(number) else round(float(number), digits[name]) + 0.0
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
