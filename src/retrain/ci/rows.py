"""The rows on which two models may be compared: of one outcome, and new to both."""

from pathlib import Path

import numpy as np
import pandas as pd

from retrain.ci import reports
from retrain.ci.changes import locked_params
from retrain.ci.git import show
from retrain.ci.plan import locked_stages
from retrain.ci.policy import Policy
from retrain.ci.repository import LOCK
from retrain.ci.run import METRICS, PREDICTIONS
from retrain.errors import UserError


def predictions(block: str) -> pd.DataFrame:
    """Return this run's predictions.

    Raises:
        UserError: if a column is missing that the comparison needs, or a score.
    """
    rows = pd.read_parquet(PREDICTIONS)
    if missing := sorted({"key", "day", "outcome", "score", block} - set(rows.columns)):
        raise UserError(f"{PREDICTIONS} has no column {missing[0]!r}; write it, in the pipeline")
    if empty := int((~np.isfinite(rows["score"])).sum()):
        raise UserError(f"{PREDICTIONS}: {empty:,} rows have no score; mend the training")
    return rows


def same_outcome(commit: str, policy: Policy) -> None:
    """Raise if the other model has learned another outcome than the one that is judged here."""
    locks = (show(commit, LOCK) or "stages: {}", Path(LOCK).read_text("utf-8"))
    theirs, ours = (locked_params(locked_stages(lock, LOCK)) for lock in locks)
    for name in policy.gate.outcome:
        if theirs.get(name) != ours.get(name):
            before, now = theirs.get(name), ours.get(name)
            raise UserError(f"the outcome is another one: {name} was {before}, and is {now}")


def enough(rows: int, total: int, wanted: int) -> None:
    """Raise if too few rows are left to compare on."""
    if rows < wanted:
        raise UserError(
            f"{rows:,} of the {total:,} rows of the test window are new to both models, and the "
            f"policy asks for {wanted:,}"
        )


def unseen(rows: pd.DataFrame, window: str) -> pd.DataFrame:
    """Return the rows whose day is outside a window, such as `2013-01 to 2013-05`."""
    first, _, last = window.partition(" to ")
    day = rows["day"].str
    inside = (day[: len(first)] >= first) & (day[: len(last or first)] <= (last or first))
    return rows[~inside].reset_index(drop=True)


def trained_window(commit: str) -> str:
    """Return the window that a commit's model has learned from."""
    found = reports.metrics(commit)
    if found is None:
        raise UserError(f"it has no {METRICS}, which says what window it has learned from")
    return found.window.train
