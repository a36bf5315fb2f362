"""The rows on which two models may be compared: of one outcome, and new to both."""

import pandas as pd

from retrain.errors import UserError
from retrain.gate import reports
from retrain.gate.tables import ContractError
from retrain.paths import METRICS, PREDICTIONS


def scored(rows: pd.DataFrame, predicted: pd.DataFrame) -> "pd.Series[float]":
    """Return a run's score of each row that judges.

    Raises:
        ContractError: if one has none.
    """
    found = rows["key"].map(predicted.set_index("key")["score"])
    if missing := int(found.isna().sum()):
        first = rows.loc[found.isna(), "key"].iloc[0]
        raise ContractError(
            f"{PREDICTIONS} has no score for {missing:,} of the {len(rows):,} rows that judge, "
            f"such as {first!r}; score every row of the test window, also those that do not train"
        )
    return found


def other_outcome(rows: pd.DataFrame, learned: pd.DataFrame) -> str | None:
    """Return that a model has learned another outcome, in `learned`, than the one that judges."""
    theirs = rows["key"].map(learned.set_index("key")["outcome"])
    other = int((theirs.notna() & (theirs != rows["outcome"])).sum())
    found = f"it has learned another outcome, which differs in {other:,} of {len(rows):,} rows"
    return found if other else None


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


def enough(rows: int, total: int, wanted: int) -> None:
    """Raise if too few rows are left to compare on."""
    if rows < wanted:
        raise UserError(
            f"{rows:,} of the {total:,} rows of the test window are new to both models, and the "
            f"policy asks for {wanted:,}"
        )
