"""The test window of a run: which rows judge, by trusted code, and the run's own scores of them."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from retrain.errors import UserError
from retrain.gate import tables
from retrain.gate.commit_code import Code
from retrain.gate.results import Results, ends
from retrain.gate.schema import Rows
from retrain.gate.tables import ContractError
from retrain.metrics import Metrics, metrics
from retrain.paths import METRICS, PREDICTIONS
from retrain.run import outputs

ROUNDING = 1.5e-5  # metrics are written with five digits


@dataclass(frozen=True)
class Window:
    rows: pd.DataFrame  # of `tables.judged` those with an outcome, and the run's `score`
    inputs: list[Path]
    summary: Rows
    trained: str  # the window that the run's model has learned from
    model: str  # its MD5
    commit: str | None  # whose code says which rows judge; None: the run's own
    problem: str | None = None  # why nothing can be compared on them

    @property
    def metrics(self) -> Metrics:
        return _metrics(self.rows)


def read_window(judging: Code, results: Results) -> Window:
    """Return the window of a run, of which the code `judging` says which rows judge."""
    report = outputs.metrics_in(results.content(METRICS))
    predicted = tables.predictions(results.content(PREDICTIONS))
    _check_metrics(report.model, _metrics(predicted))
    if not (inputs := results.inputs(report.window.test)):
        raise ContractError(f"{METRICS} names the window {report.window.test}, which data/ lacks")
    if str(inputs[-1]) != (newest := max(results.data)):
        raise ContractError(
            f"{METRICS} names the window {report.window.test}, and {newest} is newer, so it judges"
        )
    problem = None
    try:
        rows = judging.rows(inputs)
    except UserError as error:
        if judging.commit is None:
            raise ContractError(str(error)) from None
        problem = f"the base's code cannot say which rows judge: {error}"
        rows = predicted
    known = rows[rows["outcome"].notna()].reset_index(drop=True)
    known["score"] = _scores(known, predicted)
    summary = Rows(
        defined_by="base" if judging.commit and not problem else "this run",
        total=len(rows),
        unknown=len(rows) - len(known),
    )
    return Window(
        rows=known,
        inputs=inputs,
        summary=summary,
        trained=report.window.train,
        model=results.model,
        commit=judging.commit,
        problem=problem or outcome_conflict(known, predicted),
    )


def _metrics(rows: pd.DataFrame) -> Metrics:
    return metrics(rows["outcome"].to_numpy("bool"), rows["score"].to_numpy("float64"))


def _check_metrics(reported: Metrics, measured: Metrics) -> None:
    for name, value in measured.items():
        written = reported.get(name, value)
        if written == value:
            continue
        if written is None or value is None or abs(written - value) > ROUNDING:
            raise ContractError(
                f"{METRICS} reports {name} {written}, and the scores in {PREDICTIONS} give "
                f"{value}; report what was measured"
            )


def _scores(rows: pd.DataFrame, predicted: pd.DataFrame) -> "pd.Series[float]":
    found = rows["key"].map(predicted.set_index("key")["score"])
    if missing := int(found.isna().sum()):
        first = rows.loc[found.isna(), "key"].iloc[0]
        raise ContractError(
            f"{PREDICTIONS} has no score for {missing:,} of the {len(rows):,} rows that judge, "
            f"such as {first!r}; score every row of the test window, also those that do not train"
        )
    return found


def outcome_conflict(rows: pd.DataFrame, learned: pd.DataFrame) -> str | None:
    """Say where a model has learned another outcome than the one that judges."""
    theirs = rows["key"].map(learned.set_index("key")["outcome"])
    other = int((theirs.notna() & (theirs != rows["outcome"])).sum())
    found = f"it has learned another outcome, which differs in {other:,} of {len(rows):,} rows"
    return found if other else None


def unseen(rows: pd.DataFrame, window: str) -> pd.DataFrame:
    first, last = ends(window)
    day = rows["day"].str
    inside = (day[: len(first)] >= first) & (day[: len(last)] <= last)
    return rows[~inside].reset_index(drop=True)


def trained_window(commit: str) -> str:
    found = outputs.metrics(commit)
    if found is None:
        raise UserError(f"it has no {METRICS}, which says what window it has learned from")
    return found.window.train
