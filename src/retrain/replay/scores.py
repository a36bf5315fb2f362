"""What predictions are worth: metrics of one model with their intervals, and two models apart."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from retrain.gate import window
from retrain.gate.commit_code import Code
from retrain.gate.difference import Pair, alone, beside, difference, paired
from retrain.gate.policy import Gate
from retrain.gate.schema import Difference
from retrain.metrics.functions import FUNCTIONS, rounded
from retrain.metrics.table import TABLE, Metric, Task
from retrain.metrics.tasks import score_columns
from retrain.monitoring import outcome
from retrain.replay.schema import Figure, Figures

BINARY = ("roc_auc", "brier")  # beside the primary metric; of another task the gate's own


def shown(gate: Gate, task: Task) -> dict[str, Metric]:
    """Return the metrics of a replay, the primary one first."""
    others = BINARY if task == "binary" else tuple(gate.metrics)
    names = dict.fromkeys([gate.primary, *others])
    return {name: gate.table.get(name) or TABLE[name] for name in names}


def figures(
    rows: pd.DataFrame, metrics: Mapping[str, Metric], gate: Gate, code: Code, interval: bool = True
) -> Figures:
    """Return the metrics of rows with `outcome`, the prediction and the policy's blocks.

    Without their intervals, it takes as many times less as there are blocks.
    """
    pair = alone(rows, gate.blocks.column, gate.blocks.ordered)
    return {name: _figure(pair, name, metrics[name], gate, code, interval) for name in metrics}


def _figure(
    pair: Pair, name: str, metric: Metric, gate: Gate, code: Code, interval: bool
) -> Figure:
    value, found = np.nan, None
    if name not in FUNCTIONS:
        value, found = outcome.own(pair, name, code)
    elif interval:
        found = outcome.estimated(pair, FUNCTIONS[name])
    if name in FUNCTIONS:
        value = found.value if found else FUNCTIONS[name](pair.outcome, pair.this)
    if not (found and interval):
        return Figure(value=rounded(name, value))
    digits = metric.decimals([value])
    low, high = (round(each, digits) for each in found.bounds(gate.confidence))
    return Figure(value=round(value, digits), low=low, high=high)


def apart(this: pd.DataFrame, other: pd.DataFrame, gate: Gate, code: Code) -> Difference | None:
    """Return how two predictions of the same rows differ by the primary metric."""
    if this.empty:
        return None
    rows = beside(this, other[score_columns(other)])
    pair = paired(rows, gate.blocks.column, gate.blocks.ordered)
    [measured] = window.measured_by(code, gate.primary, [pair])
    return difference(measured, gate.table[gate.primary], gate.confidence)
