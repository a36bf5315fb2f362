"""What the model is worth where outcomes are known, against its own test window.

Both windows are small samples of days that resemble each other, so both have the gate's interval;
the difference of two independent estimates has the degrees of freedom of Welch (1947).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from retrain.gate.commit_code import Code
from retrain.gate.difference import Pair, alone
from retrain.gate.interval import Estimate, estimate
from retrain.gate.policy import Gate, Outcome
from retrain.metrics.functions import FUNCTIONS, Array, Floats, Function
from retrain.metrics.tasks import score_columns
from retrain.monitoring.schema import Alarm


@dataclass(frozen=True)
class Change:
    """A figure now, and in the test window."""

    now: Estimate
    then: Estimate

    def further(self, limit: float, sign: int = 1) -> float:
        """Return the confidence that it has grown, or fallen, by more than a limit."""
        one, other = self.now, self.then
        error = float(np.hypot(one.error, other.error))
        parts = [each.error**4 / each.degrees for each in (one, other)]
        degrees = round(error**4 / sum(parts)) if sum(parts) else one.degrees
        grown = Estimate(sign * (one.value - other.value), error, max(degrees, 1))
        return grown.confidence_above(limit)


def alarms(
    now: pd.DataFrame, then: pd.DataFrame, gate: Gate, limits: Outcome, code: Code | None = None
) -> Iterator[Alarm]:
    """Yield where the model is surely worse than it was, or the outcome surely another.

    `now` and `then` have `outcome`, the prediction, and the policy's column of blocks. `code`: the
    model's, for a primary metric of its own.
    """
    metric = gate.table[gate.primary]
    if found := _changed(*(worth(_alone(rows, gate), gate.primary, code) for rows in (now, then))):
        worse = -1 if metric.higher_is_better else 1
        limit = limits.metric * abs(found.then.value)
        if found.further(limit, worse) >= limits.confidence:
            yield _alarm(gate.primary, "metric", gate.primary, found)
    scale = _scale(then)
    for place, name in enumerate(_levels(then)):
        for check, function in (("calibration", _bias), ("level", _level)):
            found = _change(now, then, gate, partial(function, place))
            limit = getattr(limits, check) * scale
            if found and any(found.further(limit, side) >= limits.confidence for side in (1, -1)):
                words = "prediction less outcome" if check == "calibration" else "mean outcome"
                yield _alarm("outcome", check, f"{words}{name}", found)


def _levels(rows: pd.DataFrame) -> list[str]:
    """Return how each mean of an outcome is called: of a multiclass task there is one a class."""
    known = sorted(set(rows["outcome"])) if len(score_columns(rows)) > 1 else []
    return [f" of {name}" for name in known] or [""]


def _scale(rows: pd.DataFrame) -> float:
    """Return the unit of a difference: of a number its standard deviation, of a share 1."""
    is_number = rows["outcome"].dtype == "float64" and len(score_columns(rows)) == 1
    return float(rows["outcome"].std()) or 1.0 if is_number else 1.0


def _level(place: int, outcome: Array, score: Floats) -> float:
    return float(np.mean(outcome == place if score.ndim > 1 else outcome))


def _bias(place: int, outcome: Array, score: Floats) -> float:
    said = score[:, place] if score.ndim > 1 else score
    return float(np.mean(said)) - _level(place, outcome, score)


def _change(now: pd.DataFrame, then: pd.DataFrame, gate: Gate, function: Function) -> Change | None:
    return _changed(*(estimated(_alone(rows, gate), function) for rows in (now, then)))


def _changed(now: Estimate | None, then: Estimate | None) -> Change | None:
    return Change(now, then) if now and then else None


def _alone(rows: pd.DataFrame, gate: Gate) -> Pair:
    return alone(rows, gate.blocks.column, gate.blocks.ordered)


def worth(pair: Pair, metric: str, code: Code | None) -> Estimate | None:
    """Return a metric, which may be of the code's own, of one model, the pair's `this`."""
    if metric in FUNCTIONS:
        return estimated(pair, FUNCTIONS[metric])
    return own(pair, metric, code)[1] if code else None


def own(pair: Pair, metric: str, code: Code) -> tuple[float, Estimate | None]:
    """Return the same by a metric that the code defines, and its value without uncertainty."""
    if not len(pair.outcome):
        return np.nan, None
    [found] = code.values(metric, [(pair.outcome, pair.this, pair.block)], pair.classes)
    return found.whole, estimate(found.whole, found.without(pair.blocks), pair.ordered)


def estimated(pair: Pair, function: Function) -> Estimate | None:
    """Return a figure of one model, the pair's `this`, with its uncertainty."""
    whole = function(pair.outcome, pair.this)
    parts = (pair.block != block for block in range(pair.blocks))
    without = [function(pair.outcome[rest], pair.this[rest]) for rest in parts if rest.any()]
    return estimate(whole, np.array(without, "float64"), pair.ordered)


def _alarm(feature: str, check: str, name: str, found: Change) -> Alarm:
    what = f"{name} is {found.now.value:.4g}, {found.then.value:.4g} in the test window"
    return Alarm(kind="outcome", feature=feature, check=check, what=what)
