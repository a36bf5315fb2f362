"""How far two models are apart on the same rows, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retrain.gate.interval import Estimate, estimate
from retrain.gate.schema import Difference, Effect
from retrain.metrics import FUNCTIONS, HIGHER_IS_BETTER, Floats, Metric, Outcomes

DIGITS = 6  # one more than a metric has, for a difference is smaller
LIKELY = 0.8  # one-sided: from here on it is "likely", and from the policy's confidence on "surely"


@dataclass(frozen=True)
class Pair:
    """The rows on which two models are compared; `this` and `other` are their scores."""

    outcome: Outcomes
    this: Floats
    other: Floats
    block: NDArray[np.intp]  # of each row the number of its block, in the blocks' order
    blocks: int
    ordered: bool  # whether one block resembles the next

    def of(self, chosen: NDArray[np.bool_]) -> "Pair":
        """Return some of the rows; a block that has none of them is still one."""
        outcome, this, other = self.outcome[chosen], self.this[chosen], self.other[chosen]
        block = self.block[chosen]
        return replace(self, outcome=outcome, this=this, other=other, block=block)

    def improvement(self, metric: Metric, higher_is_better: bool) -> Estimate | None:
        """Return by how much this model is better; None where it is undefined."""
        return estimate(*self.leaving_out(metric, higher_is_better), self.ordered)

    def leaving_out(self, metric: Metric, higher_is_better: bool) -> tuple[float, Floats]:
        """Return by how much this model is better: on all rows, and without each block in turn."""
        sign = 1 if higher_is_better else -1

        def apart(rows: NDArray[np.bool_] | slice) -> float:
            outcome = self.outcome[rows]
            if not len(outcome):
                return np.nan
            return sign * (metric(outcome, self.this[rows]) - metric(outcome, self.other[rows]))

        whole, held = apart(slice(None)), np.bincount(self.block, minlength=self.blocks)
        without = (apart(self.block != each) if held[each] else whole for each in range(len(held)))
        return whole, np.fromiter(without, "float64")


def paired(rows: pd.DataFrame, column: str, ordered: bool) -> Pair:
    """Return rows with the columns `outcome`, `score`, `other` and the blocks' as a pair."""
    block, found = pd.factorize(rows[column], sort=True)
    this, other = (rows[name].to_numpy("float64") for name in ("score", "other"))
    return Pair(rows["outcome"].to_numpy("bool"), this, other, block, len(found), ordered)


def difference(
    pair: Pair, metric: Metric, higher_is_better: bool, confidence: float, likely: float = LIKELY
) -> Difference:
    """Return how two models differ by a metric.

    Args:
        pair: the rows.
        metric: see `retrain.metrics`.
        higher_is_better: its direction.
        confidence: of the interval; who is better is sure where it lies on one side of 0.
        likely: the one-sided confidence from which it is likely.
    """
    found = pair.improvement(metric, higher_is_better)
    values = [metric(pair.outcome, each) for each in (pair.this, pair.other) if len(each)]
    this, other = values or (np.nan, np.nan)
    reach = found.bounds(confidence) if found else (np.nan, np.nan)
    ends = reach if higher_is_better else (-reach[1], -reach[0])
    # + 0: no -0, which would be other bytes
    numbers = [
        None if np.isnan(each) else round(float(each), DIGITS) + 0.0
        for each in (this, other, this - other, *ends)
    ]
    better = None
    if found:
        better = 0.5 if numbers[3] == numbers[4] == 0 else round(found.likely(), DIGITS)
    names = ("this", "other", "difference", "low", "high")
    effect = _effect(better, (1 + confidence) / 2, likely)
    return Difference(**dict(zip(names, numbers, strict=True)), likely=better, effect=effect)


def by_metric(pair: Pair, names: Sequence[str], confidence: float) -> dict[str, Difference]:
    return {
        name: difference(pair, FUNCTIONS[name], HIGHER_IS_BETTER[name], confidence)
        for name in names
    }


def _effect(better: float | None, sure: float, likely: float) -> Effect:
    if better is None:
        return "undefined"
    if max(better, 1 - better) < likely:
        return "no telling"
    if better > 0.5:
        return "surely better" if better >= sure else "likely better"
    return "surely worse" if 1 - better >= sure else "likely worse"
