"""Where two models differ: on parts of the rows, and among the rows that would be acted on."""

from dataclasses import replace

import numpy as np
import pandas as pd

from retrain.gate.difference import Pair, difference
from retrain.gate.schema import Caught, Difference, Part
from retrain.metrics import FUNCTIONS, HIGHER_IS_BETTER, Floats, Outcomes


def parts(
    pair: Pair, slices: pd.DataFrame, primary: str, confidence: float, min_rows: int
) -> list[Part]:
    """Return the primary metric on each value of each slice that has `min_rows` or more.

    Of m parts each has the confidence 1 - (1 - confidence) / m (Bonferroni), and what is not sure
    by that is nothing. Worst first: those that are worse by how far beyond noise they are, the
    rest by difference, the undefined last.
    """
    found = [
        (column, value, pair.of((slices[column] == value).to_numpy()))
        for column in slices
        for value in sorted(slices[column].dropna().unique())
    ]
    found = [each for each in found if len(each[2].outcome) >= min_rows]
    each = 1 - (1 - confidence) / max(1, len(found))
    metric, higher = FUNCTIONS[primary], HIGHER_IS_BETTER[primary]
    result = [
        Part(
            slice=str(column),
            value=str(value),
            rows=len(part.outcome),
            primary=difference(part, metric, higher, each, likely=(1 + each) / 2),
        )
        for column, value, part in found
    ]
    return sorted(result, key=lambda part: _order(part.primary, higher))


def caught(pair: Pair, flagged: float, confidence: float) -> Caught:
    """Return of the rows with the outcome the share that is among the highest scores.

    `flagged` is the share of all rows that is flagged. Which ones is settled once, on all rows, the
    earlier of equal scores first.
    """

    def hits(score: Floats) -> Floats:
        hit = np.zeros(len(score))
        hit[np.argsort(-score, kind="stable")[: round(flagged * len(score))]] = 1
        return hit

    def share(outcome: Outcomes, hit: Floats) -> float:
        return float(hit[outcome].mean()) if outcome.any() else np.nan

    flags = replace(pair, this=hits(pair.this), other=hits(pair.other))
    found = difference(flags, share, higher_is_better=True, confidence=confidence)
    return Caught(flagged=flagged, positives=int(pair.outcome.sum()), share=found)


def _order(found: Difference, higher_is_better: bool) -> tuple[float, float]:
    """Return what is lost beyond noise (0 or below), and the improvement."""
    if found.difference is None or found.low is None or found.high is None:
        return np.inf, 0.0
    if higher_is_better:
        return min(found.high, 0.0), found.difference
    return min(-found.low, 0.0), -found.difference
