"""The test window of a run: which rows judge, by trusted code, and the run's own predictions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retrain.data import windows
from retrain.errors import UserError
from retrain.gate import tables
from retrain.gate.commit_code import Code
from retrain.gate.difference import Measure, Measured, Pair, by_table
from retrain.gate.policy import Gate
from retrain.gate.results import Results
from retrain.gate.schema import Rows
from retrain.gate.tables import ContractError
from retrain.metrics.functions import FUNCTIONS, Metrics, metrics
from retrain.metrics.table import DIGITS, TABLE, Task, check_task, names
from retrain.metrics.tasks import OUTCOMES, SCORE, arrays, score_columns
from retrain.paths import METRICS, POLICY, PREDICTIONS
from retrain.run import outputs
from retrain.run.problem import problem as problem_of

ROUNDING = 1.5e-5  # metrics are written with five digits


@dataclass(frozen=True)
class Window:
    rows: pd.DataFrame  # of `tables.judged` those with an outcome, and the run's predictions
    inputs: list[Path]
    summary: Rows
    trained: str  # the window that the run's model has learned from
    model: str  # its MD5
    commit: str | None  # whose code says which rows judge; None: the run's own
    problem: str | None = None  # why nothing can be compared on them
    task: Task = "binary"
    metrics: Metrics = field(default_factory=dict)
    measure: Measure = by_table
    slices: Sequence[str] | None = None  # that the same code names; None: it does not say


def read_window(judging: Code, results: Results, gate: Gate) -> Window:
    """Return the window of a run, of which the code `judging` says which rows judge."""
    report = outputs.metrics_in(results.content(METRICS))
    predicted = tables.predictions(results.content(PREDICTIONS))
    task = tables.task_of(predicted)
    _check_task(gate, task)
    reported = [name for name in report.model if name in names(task)]
    _check_metrics(report.model, _metrics(predicted, reported))
    inputs = _inputs(results, report.window.test)
    problem = None
    try:
        rows = _judged(judging, inputs, report.window.test, task)
    except UserError as error:
        if judging.commit is None:
            raise ContractError(str(error)) from None
        problem = f"the base's code cannot say which rows judge: {error}"
        rows = predicted[["key", "outcome"]].assign(partition=inputs[-1].stem)
    known = rows[rows["outcome"].notna()].reset_index(drop=True)
    known = known.astype({"outcome": OUTCOMES[task]}).join(_scores(known, predicted))
    summary = Rows(
        defined_by="base" if judging.commit and not problem else "this run",
        total=len(rows),
        unknown=len(rows) - len(known),
    )
    try:
        measure, measured = _measured(judging, problem, known, [*reported, *gate.metrics])
    except UserError as error:  # of a metric that the code defines
        raise ContractError(str(error)) from None
    return Window(
        rows=known,
        inputs=inputs,
        summary=summary,
        trained=report.window.train,
        model=results.model,
        commit=judging.commit,
        problem=problem or outcome_conflict(known, predicted),
        task=task,
        metrics=measured,
        measure=measure,
        slices=problem_of(judging.commit).evaluate.slices,
    )


def _inputs(results: Results, window: str) -> list[Path]:
    """Return the files with rows that judge; the newest is always one of them."""
    if not (inputs := results.inputs(windows.read(window))):
        raise ContractError(f"{METRICS} names the window {window}, which data/ lacks")
    if str(inputs[-1]) != (newest := max(results.data)):
        raise ContractError(
            f"{METRICS} names the window {window}, and {newest} is newer, so it judges"
        )
    return inputs


def _judged(judging: Code, inputs: list[Path], window: str, task: Task) -> pd.DataFrame:
    rows = judging.rows(inputs)
    if (theirs := tables.task_of(rows)) != task:
        raise UserError(f"its task is {theirs}, and this run's is {task}")
    return rows[_held(window, rows)].reset_index(drop=True)


def _held(window: str, rows: pd.DataFrame) -> NDArray[np.bool_]:
    try:
        return windows.read(window).holds(rows)
    except KeyError as error:
        raise UserError(f"the window is {window}, and the rows have no column {error}") from None


def _check_task(gate: Gate, task: Task) -> None:
    try:
        for name in gate.metrics:
            check_task(name, task, f"{POLICY}: gate.metrics.")
    except UserError as error:
        raise ContractError(str(error)) from None


def _measured(
    judging: Code, problem: str | None, rows: pd.DataFrame, wanted: Sequence[str]
) -> tuple[Measure, Metrics]:
    """Measure a run by trusted code; where that is of another problem, by the run's own."""
    measure = partial(measured_by, judging)
    try:
        return measure, _metrics(rows, wanted, measure)
    except UserError:
        if problem is None:
            raise
    # it may lack a metric: nothing is compared by it, and a floor still holds
    measure = partial(measured_by, judging.of_this_run())
    return measure, _metrics(rows, wanted, measure)


def measured_by(judging: Code, name: str, pairs: Sequence[Pair]) -> list[Measured]:
    """Measure by the table's metric, or by one that the trusted code defines."""
    return by_table(name, pairs) if name in TABLE else judging.measured(name, pairs)


def _metrics(rows: pd.DataFrame, wanted: Iterable[str], measure: Measure = by_table) -> Metrics:
    outcome, (score,), known = arrays(rows, SCORE)
    block = np.zeros(len(rows), "int64")
    pair = Pair(outcome, score, score, block, 1, ordered=False, classes=known)

    def of_user(name: str, *_: object) -> float:
        return measure(name, [pair])[0].this

    functions = {name: FUNCTIONS.get(name) or partial(of_user, name) for name in wanted}
    return metrics(outcome, score, functions)


def _check_metrics(reported: Metrics, measured: Metrics) -> None:
    for name, value in measured.items():
        written = reported[name]
        if written == value:
            continue
        scale = 1 / 10 ** (TABLE[name].decimals([value or 0]) - DIGITS)
        if written is None or value is None or abs(written - value) > ROUNDING * scale:
            raise ContractError(
                f"{METRICS} reports {name} {written}, and the scores in {PREDICTIONS} give "
                f"{value}; report what was measured"
            )


def _scores(rows: pd.DataFrame, predicted: pd.DataFrame) -> pd.DataFrame:
    scores = predicted.set_index("key")[score_columns(predicted)]
    found = scores.reindex(rows["key"]).reset_index(drop=True)
    if missing := int(found.isna().any(axis=1).sum()):
        first = rows.loc[found.isna().any(axis=1), "key"].iloc[0]
        raise ContractError(
            f"{PREDICTIONS} has no score for {missing:,} of the {len(rows):,} rows that judge, "
            f"such as {first!r}; score every row of the test window, also those that do not train"
        )
    return found


def outcome_conflict(rows: pd.DataFrame, learned: pd.DataFrame) -> str | None:
    """Say where a model has learned another outcome than the one that judges."""
    if (theirs := tables.task_of(learned)) != (task := tables.task_of(rows)):
        return f"its task is {theirs}, and this run's is {task}"
    found = rows["key"].map(learned.set_index("key")["outcome"])
    learned_of, judged = found[found.notna()], rows.loc[found.notna(), "outcome"]
    if task == "regression":  # the last bits may differ
        same = np.isclose(learned_of.to_numpy("float64"), judged.to_numpy("float64"), 1e-9, 0)
    else:
        same = (learned_of == judged).to_numpy("bool")
    other = int((~same).sum())
    words = f"it has learned another outcome, which differs in {other:,} of {len(rows):,} rows"
    return words if other else None


def unseen(rows: pd.DataFrame, window: str) -> pd.DataFrame:
    return rows[~_held(window, rows)].reset_index(drop=True)


def trained_window(commit: str) -> str:
    found = outputs.metrics(commit)
    if found is None:
        raise UserError(f"it has no {METRICS}, which says what window it has learned from")
    return found.window.train
