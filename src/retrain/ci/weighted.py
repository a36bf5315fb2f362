"""Weightings of blocks of rows, and the metrics of `retrain.metrics` under all of them at once.

Called a thousand times, once a resample, `retrain.metrics` would sort the same scores a thousand
times. Here they are sorted once; a test holds every value to that module's own.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retrain.metrics import Floats, Outcomes

Blocks = NDArray[np.intp]  # of each row the number of its block, from 0
AT_ONCE = 1_000_000  # weights of rows in memory: 8 MB an array


def draw(values: "pd.Series[str]", resamples: int, seed: int) -> tuple[Blocks, Floats]:
    """Return each row's block, and how often each block is drawn: once each, then at random.

    Rows with equal `values` are a block. Shapes (rows,) and (1 + resamples, blocks); no resamples
    where there are fewer than two blocks to draw from.
    """
    block, found = pd.factorize(values, sort=True)
    number = len(found)
    once = np.ones((1, number))
    if number < 2:
        return block, once
    chance = np.full(number, 1 / number)
    drawn = np.random.default_rng(seed).multinomial(number, chance, resamples)
    return block, np.vstack([once, drawn])


@np.errstate(invalid="ignore")  # 0 / 0: undefined is NaN
def metrics(
    outcome: Outcomes,
    score: Floats,
    block: Blocks,
    weight: Floats,
    names: Collection[str],
    bins: int,
) -> dict[str, Floats]:
    """Return each metric, shape (weightings,); NaN where it is undefined.

    Args:
        outcome: of each row.
        score: of each row, a probability.
        block: of each row.
        weight: of each block, shape (weightings, blocks); a row weighs what its block does.
        names: which metrics.
        bins: of the calibration error; one without weight counts nothing.
    """
    rows, values = weight @ np.bincount(block), {}
    # a mean is a sum of the blocks' sums: all weightings are one matrix product
    if "brier" in names:
        values["brier"] = weight @ np.bincount(block, (score - outcome) ** 2) / rows
    if "log_loss" in names:
        given = np.where(outcome, score, 1 - score).clip(np.finfo(float).eps)
        values["log_loss"] = weight @ np.bincount(block, -np.log(given)) / rows
    if "calibration_error" in names:
        starts = np.unique(np.arange(bins) * len(score) // bins)
        rank = np.argsort(np.argsort(score, kind="stable"))
        cell = block * bins + np.searchsorted(starts, rank, side="right") - 1
        gap = np.bincount(cell, score - outcome, minlength=weight.shape[1] * bins)
        values["calibration_error"] = abs(weight @ gap.reshape(-1, bins)).sum(axis=1) / rows
    if {"roc_auc", "average_precision"} & set(names):
        ranking = _ranking(outcome, score, block, weight)
        values["roc_auc"], values["average_precision"] = ranking
    return {name: values[name] for name in names}


def _ranking(outcome: Outcomes, score: Floats, block: Blocks, weight: Floats) -> Floats:
    """Return ROC AUC and average precision, shape (2, weightings).

    Both are sums over the rows with the outcome, of what lies at and above each one's threshold;
    equal scores share a threshold, as in `retrain.metrics.counts`.
    """
    order = np.argsort(-score, kind="stable")
    positive, negative = order[outcome[order]], order[~outcome[order]]
    at, others = -score[positive], -score[negative]
    above, upto = np.searchsorted(others, at, "left"), np.searchsorted(others, at, "right")
    itself = np.searchsorted(at, at, "right")
    step = max(1, AT_ONCE // max(1, len(score)))
    found = []
    for start in range(0, len(weight), step):
        by_block = np.ascontiguousarray(weight[start : start + step].T)
        each = by_block[block[positive]]
        true, false = _running(each), _running(by_block[block[negative]])
        hits, alarms = true[itself], false[upto]
        area = 1 - (each * (false[above] + alarms)).sum(axis=0) / (2 * true[-1] * false[-1])
        # of a threshold that nothing drawn reaches, the weight is 0 and so is the precision
        precision = hits / np.maximum(hits + alarms, 1)
        found.append([area, (each * precision).sum(axis=0) / true[-1]])
    return np.concatenate(found, axis=1)


def _running(weight: Floats) -> Floats:
    """Return the sums of the first 0, 1, … all rows."""
    return np.vstack([np.zeros((1, weight.shape[1])), weight.cumsum(axis=0)])
