"""How far apart two models are on the same rows, and how far chance alone could have put them.

A paired bootstrap of blocks. Rows of a block, such as a day, resemble each other, so whole blocks
are drawn with replacement, and both models are judged on each draw (Davison and Hinkley 1997,
"Bootstrap methods and their application", section 3.8).

The interval is the difference ± t · s · sqrt(B / (B - 1)): t is Student's with B - 1 degrees of
freedom for B blocks, s the deviation of the resampled differences, and the root undoes the
narrowness of a bootstrap of few blocks (Hesterberg 2015, "What teachers should know about the
bootstrap", The American Statistician 69). In simulations of 30 unequal and skewed days it held the
truth in 92 to 96 %, the expanded percentile of the same source in 91 to 95 %, the plain one in 90
to 94 %; and it needs no resamples far out, so it serves at any confidence. (The calibration error,
never below 0, is within noise more often: 98 %.)

30 blocks find, in 80 % of windows, an improvement that exceeds the tolerance by 1.4 half widths.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from retrain.ci import weighted
from retrain.ci.verdict import Caught, Difference, Effect, Part
from retrain.metrics import HIGHER_IS_BETTER, Floats

DIGITS = 6  # one more than a metric has, for a difference is smaller
DEFINED = 0.95  # the share of the resamples that must define a metric


@dataclass(frozen=True)
class Resampling:
    """How to resample: rows with the same value in the column `block` are drawn together."""

    block: str
    resamples: int
    confidence: float  # such as .95
    seed: int


def compare(
    rows: pd.DataFrame, names: Sequence[str], how: Resampling, bins: int
) -> dict[str, Difference]:
    """Return how the two models differ, by metric.

    Args:
        rows: `outcome`, `score` (this model's), `other` (the other one's) and the block's column.
        names: metrics of `retrain.metrics`.
        how: the resampling.
        bins: of the calibration error.
    """
    outcome, block, weight = rows["outcome"].to_numpy("bool"), *_draw(rows, how)
    this, other = (
        weighted.metrics(outcome, rows[column].to_numpy("float64"), block, weight, names, bins)
        for column in ("score", "other")
    )
    return {
        name: _difference(this[name], other[name], weight.shape[1], how, HIGHER_IS_BETTER[name])
        for name in names
    }


def parts(
    rows: pd.DataFrame,
    slices: Sequence[str],
    primary: str,
    how: Resampling,
    bins: int,
    min_rows: int,
) -> list[Part]:
    """Return the primary metric on each value of each slice that has `min_rows` or more.

    Of m parts each has the confidence 1 - (1 - confidence) / m (Bonferroni). Worst first: those
    that are worse by how far beyond noise they are, the rest by difference, the undefined last.
    """
    found = [
        (column, value, part)
        for column in slices
        for value, part in rows.groupby(column, sort=True)
        if len(part) >= min_rows
    ]
    each = replace(how, confidence=1 - (1 - how.confidence) / max(1, len(found)))
    result = [
        Part(
            slice=column,
            value=str(value),
            rows=len(part),
            primary=compare(part, [primary], each, bins)[primary],
        )
        for column, value, part in found
    ]

    return sorted(result, key=lambda part: _improvement(part.primary, HIGHER_IS_BETTER[primary]))


def _improvement(found: Difference, higher_is_better: bool) -> tuple[float, float]:
    """Return what is lost beyond noise (0 or below), and the improvement."""
    if found.difference is None or found.low is None or found.high is None:
        return np.inf, 0.0
    if higher_is_better:
        return min(found.high, 0.0), found.difference
    return min(-found.low, 0.0), -found.difference


@np.errstate(invalid="ignore")  # 0 / 0: without the outcome, the share is undefined
def caught(rows: pd.DataFrame, flagged: float, how: Resampling) -> Caught:
    """Return of the rows with the outcome the share that is among the highest scores.

    `flagged` is the share of all rows that is flagged. Which ones is settled once, on all rows, the
    earlier of equal scores first; a resample weighs them and flags none anew.
    """
    outcome, block, weight = rows["outcome"].to_numpy("bool"), *_draw(rows, how)
    positives = weight @ np.bincount(block, outcome)

    def share(column: str) -> Floats:
        order = np.argsort(-rows[column].to_numpy("float64"), kind="stable")
        hit = np.zeros(len(rows))
        hit[order[: round(flagged * len(rows))]] = 1
        return weight @ np.bincount(block, hit * outcome) / positives

    found = _difference(share("score"), share("other"), weight.shape[1], how, higher_is_better=True)
    return Caught(flagged=flagged, positives=int(outcome.sum()), share=found)


def _draw(rows: pd.DataFrame, how: Resampling) -> tuple[weighted.Blocks, Floats]:
    return weighted.draw(rows[how.block], how.resamples, how.seed)


def _difference(
    this: Floats, other: Floats, blocks: int, how: Resampling, higher_is_better: bool
) -> Difference:
    """Return how the first value of each differs, with the interval that the others give."""
    apart, reach = this - other, np.nan
    drawn = apart[1:][np.isfinite(apart[1:])]
    if blocks > 1 and len(drawn) >= DEFINED * how.resamples:
        deviation = drawn.std(ddof=1) * np.sqrt(blocks / (blocks - 1))
        reach = stdtrit(blocks - 1, (1 + how.confidence) / 2) * deviation
    found = (this[0], other[0], apart[0], apart[0] - reach, apart[0] + reach)
    # + 0: no -0, which would be other bytes
    numbers = [None if np.isnan(each) else round(float(each), DIGITS) + 0.0 for each in found]
    *_, low, high = numbers
    effect: Effect = "within noise"
    if low is None or high is None:
        effect = "undefined"
    elif low > 0 or high < 0:
        effect = "better" if (low > 0) == higher_is_better else "worse"
    names = ("this", "other", "difference", "low", "high")
    return Difference(**dict(zip(names, numbers, strict=True)), effect=effect)
