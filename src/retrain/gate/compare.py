"""This run's model beside another one: on the same rows, which neither has learned from."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from retrain.errors import UserError
from retrain.gate.difference import Pair, by_metric, difference, paired
from retrain.gate.policy import Policy
from retrain.gate.schema import Caught, Comparison, Difference, Part
from retrain.gate.score import Code
from retrain.gate.window import Window, enough, other_outcome, trained_window, unseen
from retrain.metrics import FUNCTIONS, HIGHER_IS_BETTER, Floats, Outcomes, curves
from retrain.registry.semver import Kind

OWN = {"key", "day", "outcome", "score", "other"}  # every other column is a slice
GRID = np.linspace(0, 1, 21)  # of a curve's x: what a small picture shows
DIGITS = 4


@dataclass(frozen=True)
class Other:
    """A model to compare with: its MD5, its version if registered, and what differs from it."""

    model: str
    version: str | None
    kind: Kind


def compare(window: Window, other: Other, code: Code, policy: Policy) -> Comparison:
    try:
        rows = _rows(window, other, code, policy)
    except UserError as error:
        return Comparison(model=other.model, version=other.version, problem=str(error)[:1000])
    gate, pair = policy.gate, paired(rows, policy.gate.blocks.column, policy.gate.blocks.ordered)
    primary, slices = gate.primary, rows[[name for name in rows if name not in OWN]]
    found = pair.improvement(FUNCTIONS[primary], HIGHER_IS_BETTER[primary])
    margin = getattr(gate.promote, other.kind).margin
    metrics = by_metric(pair, list(gate.metrics), gate.confidence)
    shown = metrics[primary].likely or 0.0  # where only the last bits differ, it tells nothing
    return Comparison(
        model=other.model,
        version=other.version,
        rows=len(rows),
        left_out=len(window.rows) - len(rows),
        blocks=pair.blocks,
        kind=other.kind,
        sure=_down(found.likely(margin) if margin else shown) if found else None,
        metrics=metrics,
        parts=parts(pair, slices, primary, gate.confidence, gate.min_rows_slice),
        caught=caught(pair, policy.words.flagged, gate.confidence),
        curves=_curves(rows),
    )


def _rows(window: Window, other: Other, code: Code, policy: Policy) -> pd.DataFrame:
    """Return the rows to compare on, with the other model's score in the column `other`.

    Raises:
        UserError: if there is no fair comparison.
    """
    problem = window.problem
    column = policy.gate.blocks.column
    if not problem and (column not in window.rows or window.rows[column].isna().any()):
        problem = f"the rows have no column {column!r} of blocks, or it has empty values"
    if not problem and code.commit != window.commit:
        problem = other_outcome(window.rows, code.rows(window.inputs))
    if problem:
        raise UserError(problem)
    rows = unseen(unseen(window.rows, window.trained), trained_window(str(code.commit)))
    enough(len(rows), len(window.rows), policy.gate.min_rows)
    if other.model == window.model:
        return rows.assign(other=rows["score"])
    return rows.assign(other=code.scores(rows["key"], window.inputs))


def _down(share: float) -> float:
    """Return a confidence rounded down: no certainty, and nothing that it does not reach."""
    return int(share * 1e4) / 1e4


def _curves(rows: pd.DataFrame) -> dict[str, Any]:
    """Return both models' curves on one grid, where both of them have one."""
    outcome = rows["outcome"].to_numpy("bool")
    if outcome.all() or not outcome.any():
        return {}
    this, other = (curves(outcome, rows[name].to_numpy("float64")) for name in ("score", "other"))
    found = {}
    for name in this:
        pair = [each[name].iloc[:, :2].to_numpy("float64").T for each in (this, other)]
        low, high = max(x[0] for x, _ in pair), min(x[-1] for x, _ in pair)
        grid = low + GRID * (high - low)
        lines = [np.interp(grid, x, y) for x, y in pair]
        found[name] = [tuple(point) for point in np.round([grid, *lines], DIGITS).T.tolist()]
    return found


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
