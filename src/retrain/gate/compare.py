"""This run's model beside another one: on the same rows, which neither has learned from."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from retrain.errors import UserError
from retrain.gate.commit_code import Code
from retrain.gate.difference import Pair, difference, paired
from retrain.gate.policy import Gate, Policy
from retrain.gate.schema import Comparison, Difference, Part, Recall
from retrain.gate.window import Window, outcome_conflict, trained_window, unseen
from retrain.metrics import FUNCTIONS, HIGHER_IS_BETTER, Floats, Outcomes, curves
from retrain.registry.semver import Kind

NOT_SLICES = {"key", "day", "outcome", "score", "other"}
GRID = np.linspace(0, 1, 21)  # of a curve's x: more points would not be drawn, see report/render
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
    gate = policy.gate
    pair = paired(rows, gate.blocks.column, gate.blocks.ordered)
    metrics = {
        name: difference(pair, FUNCTIONS[name], HIGHER_IS_BETTER[name], gate.confidence)
        for name in gate.metrics
    }
    return Comparison(
        model=other.model,
        version=other.version,
        rows=len(rows),
        left_out=len(window.rows) - len(rows),
        blocks=pair.blocks,
        kind=other.kind,
        sure=_confidence(pair, other.kind, gate, metrics[gate.primary]),
        metrics=metrics,
        parts=parts(pair, rows[[name for name in rows if name not in NOT_SLICES]], gate),
        recall=recall(pair, policy.words.flagged, gate.confidence),
        curves=_curves(rows),
    )


def _rows(window: Window, other: Other, code: Code, policy: Policy) -> pd.DataFrame:
    """Return the rows to compare on, with the other model's score in the column `other`."""
    problem, column = window.problem, policy.gate.blocks.column
    if not problem and (column not in window.rows or window.rows[column].isna().any()):
        problem = f"the rows have no column {column!r} of blocks, or it has empty values"
    if not problem and code.commit != window.commit:
        problem = outcome_conflict(window.rows, code.rows(window.inputs))
    if problem:
        raise UserError(problem)
    rows = unseen(unseen(window.rows, window.trained), trained_window(str(code.commit)))
    if len(rows) < policy.gate.min_rows:
        raise UserError(
            f"{len(rows):,} of the {len(window.rows):,} rows of the test window are new to both "
            f"models, and the policy asks for {policy.gate.min_rows:,}"
        )
    if other.model == window.model:
        return rows.assign(other=rows["score"])
    return rows.assign(other=code.scores(rows["key"], window.inputs))


def _confidence(pair: Pair, kind: Kind, gate: Gate, found: Difference) -> float | None:
    """Return the one-sided confidence that the primary metric is better by more than the margin.

    It is rounded down: no confidence is raised to what it does not reach.
    """
    improvement = pair.improvement(FUNCTIONS[gate.primary], HIGHER_IS_BETTER[gate.primary])
    if improvement is None:
        return None
    margin = getattr(gate.promote, kind).margin
    # `found.likely` is one half where only the last bits of the metric differ
    confidence = improvement.confidence_above(margin) if margin else found.likely or 0.0
    return int(confidence * 1e4) / 1e4


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


def parts(pair: Pair, slices: pd.DataFrame, gate: Gate) -> list[Part]:
    """Return the primary metric on each value of each slice that has enough rows.

    Of m parts each has the confidence 1 - (1 - confidence) / m (Bonferroni), and below that an
    effect is not even likely.
    """
    pairs = {
        (column, value): pair.subset((slices[column] == value).to_numpy())
        for column in slices
        for value in sorted(slices[column].dropna().unique())
    }
    pairs = {name: part for name, part in pairs.items() if len(part.outcome) >= gate.min_rows_slice}
    each = 1 - (1 - gate.confidence) / max(1, len(pairs))
    metric, higher = FUNCTIONS[gate.primary], HIGHER_IS_BETTER[gate.primary]
    return [
        Part(
            slice=str(column),
            value=str(value),
            rows=len(part.outcome),
            primary=difference(part, metric, higher, each, likely=(1 + each) / 2),
        )
        for (column, value), part in pairs.items()
    ]


def recall(pair: Pair, flagged: float, confidence: float) -> Recall:
    """Return the share of the rows with the outcome that are among the highest scores.

    `flagged` is the share of all rows that is flagged. Which ones is decided once, on all rows, the
    earlier of equal scores first.
    """

    def flags(score: Floats) -> Floats:
        flag = np.zeros(len(score))
        flag[np.argsort(-score, kind="stable")[: round(flagged * len(score))]] = 1
        return flag

    def share(outcome: Outcomes, flag: Floats) -> float:
        return float(flag[outcome].mean()) if outcome.any() else np.nan

    flag_pair = replace(pair, this=flags(pair.this), other=flags(pair.other))
    found = difference(flag_pair, share, higher_is_better=True, confidence=confidence)
    return Recall(flagged=flagged, positives=int(pair.outcome.sum()), share=found)
