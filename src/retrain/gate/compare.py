"""This run's model beside another one: on the same rows, which neither has learned from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from retrain.errors import UserError
from retrain.gate.difference import by_metric, paired
from retrain.gate.parts import caught, parts
from retrain.gate.policy import Policy
from retrain.gate.rows import enough, other_outcome, trained_window, unseen
from retrain.gate.schema import Comparison
from retrain.gate.score import Code
from retrain.gate.window import Window
from retrain.metrics import FUNCTIONS, HIGHER_IS_BETTER, curves
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
    """Return how this run's model compares with another one, whose code is `code`."""
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
