"""This run's model beside another one: on the same rows, which neither has learned from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from dvc.repo import Repo

from retrain.ci import resample
from retrain.ci.policy import Policy
from retrain.ci.rows import enough, predictions, same_outcome, trained_window, unseen
from retrain.ci.score import scores
from retrain.ci.verdict import Comparison
from retrain.errors import UserError
from retrain.metrics import curves

DATA = Path("data")
OWN = {"key", "day", "outcome", "score", "other"}  # every other column of predictions is a slice
GRID = np.linspace(0, 1, 21)  # of a curve's x: what a small picture shows
DIGITS = 4


@dataclass(frozen=True)
class Other:
    """A model to compare with: the commit that made it, its MD5, its version if registered."""

    commit: str
    model: str
    version: str | None


def compare(repo: Repo, model: str, other: Other, trained: str, policy: Policy) -> Comparison:
    """Return how the model of this folder compares with another one.

    Args:
        repo: see `repository.opened`.
        model: the MD5 of this folder's model.
        other: the other one; where it is the same, nothing is scored.
        trained: the window that this folder's model has learned from.
        policy: how to compare.
    """
    rows = predictions(policy.gate.resampling.block)
    total = len(rows)
    try:
        same_outcome(other.commit, policy)
        rows = unseen(unseen(rows, trained), trained_window(other.commit))
        enough(len(rows), total, policy.gate.min_rows)
        rows["other"] = rows["score"] if other.model == model else _scored(repo, other, rows)
    except UserError as error:
        return Comparison(model=other.model, version=other.version, problem=str(error)[:1000])
    return _figures(rows, total, other, policy)


def _scored(repo: Repo, other: Other, rows: pd.DataFrame) -> "pd.Series[float]":
    """Return the other model's score for each row."""
    first, last = rows["day"].min(), rows["day"].max()
    inputs = [
        path
        for path in sorted(DATA.glob("*.parquet"))
        if first[: len(path.stem)] <= path.stem <= last[: len(path.stem)]
    ]
    found = scores(repo, other.commit, inputs).set_index("key")["score"]
    if not found.index.is_unique:
        raise UserError("its code gives two rows the same key")
    if not np.isfinite(found).all():
        raise UserError("its code gives some rows no score")
    missing = ~rows["key"].isin(found.index)
    if missing.any():
        raise UserError(f"its code gives no score to {missing.sum():,} of {len(rows):,} rows")
    return rows["key"].map(found)


def _figures(rows: pd.DataFrame, total: int, other: Other, policy: Policy) -> Comparison:
    gate = policy.gate
    how = resample.Resampling(**gate.resampling.model_dump())
    bins, slices = gate.calibration_bins, [str(name) for name in rows if name not in OWN]
    return Comparison(
        model=other.model,
        version=other.version,
        rows=len(rows),
        left_out=total - len(rows),
        blocks=rows[how.block].nunique(),
        metrics=resample.compare(rows, list(gate.metrics), how, bins),
        parts=resample.parts(rows, slices, gate.primary, how, bins, gate.min_rows_slice),
        caught=resample.caught(rows, policy.words.flagged, how),
        curves=_curves(rows, bins),
    )


def _curves(rows: pd.DataFrame, bins: int) -> dict[str, Any]:
    """Return both models' curves on one grid, where both of them have one."""
    outcome = rows["outcome"].to_numpy("bool")
    this, other = (
        curves(outcome, rows[column].to_numpy("float64"), bins) for column in ("score", "other")
    )
    found = {}
    for name in this:
        pair = [each[name].iloc[:, :2].to_numpy("float64").T for each in (this, other)]
        low, high = max(x[0] for x, _ in pair), min(x[-1] for x, _ in pair)
        grid = low + GRID * (high - low)
        lines = [np.interp(grid, x, y) for x, y in pair]
        found[name] = [tuple(point) for point in np.round([grid, *lines], DIGITS).T.tolist()]
    return found
