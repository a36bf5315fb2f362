"""This run's model beside another one: on the same rows, which neither has learned from."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from retrain.errors import UserError
from retrain.gate.commit_code import Code
from retrain.gate.difference import (
    OTHER,
    Measure,
    Measured,
    Pair,
    beside,
    by_table,
    difference,
    paired,
)
from retrain.gate.policy import Gate, Policy
from retrain.gate.schema import ClassRows, Comparison, Difference, Part, Recall
from retrain.gate.tables import ContractError
from retrain.gate.window import Window, outcome_conflict, trained_window, unseen
from retrain.metrics.curves import curves
from retrain.metrics.functions import FUNCTIONS, Array, Floats
from retrain.metrics.table import PLAIN, SHARE, TABLE, Metric, Task
from retrain.metrics.tasks import is_score, score_columns
from retrain.paths import PARAMS, POLICY
from retrain.registry.next_version import Kind

NOT_SLICES = {"key", "day", "outcome", "partition"}  # nor is what rows are grouped by
NO_BLOCKS = {"outcome", "partition"}
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
        return _compared(window, other, rows, policy)
    except UserError as error:
        return Comparison(model=other.model, version=other.version, problem=str(error)[:1000])


def _compared(window: Window, other: Other, rows: pd.DataFrame, policy: Policy) -> Comparison:
    gate, words = policy.gate, policy.words
    pair = paired(rows, gate.blocks.column, gate.blocks.ordered)
    measured = {name: window.measure(name, [pair])[0] for name in gate.metrics}
    metrics = {
        name: difference(measured[name], metric, gate.confidence)
        for name, metric in gate.table.items()
    }
    is_binary, plain = window.task == "binary", PLAIN.get(window.task)
    predicted = {*score_columns(rows), *score_columns(rows, OTHER)}
    others = NOT_SLICES | predicted | {gate.blocks.column}
    named = [name for name in rows if name not in others]
    if window.slices is not None:
        named = [name for name in window.slices if name in rows]
    return Comparison(
        model=other.model,
        version=other.version,
        rows=len(rows),
        left_out=len(window.rows) - len(rows),
        blocks=pair.blocks,
        kind=other.kind,
        sure=_confidence(measured[gate.primary], other.kind, gate, metrics[gate.primary]),
        metrics=metrics,
        parts=parts(pair, rows[named], gate, window.measure),
        recall=recall(pair, words.flagged, gate.confidence)
        if is_binary and words.flagged
        else None,
        plain=_plain(pair, plain, gate.confidence) if plain else None,
        curves=_curves(pair, window.task),
        classes=by_class(pair) if window.task == "multiclass" else [],
    )


def check_comparable(window: Window, gate: Gate) -> None:
    """Raise a ContractError where no later model could be compared with this one: the first one."""
    column, known = gate.blocks.column, window.rows
    named = [name for name in map(str, known) if not (is_score(name) or name in NO_BLOCKS)]
    if column not in known:
        raise ContractError(
            f"{POLICY}: gate.blocks.column is {column}, which the rows that judge do not have; "
            f"name one of {', '.join(named)}"
        )
    if known[column].nunique() < 2:
        raise ContractError(
            f"{POLICY}: gate.blocks.column is {column}, of which the rows that judge have one, and "
            f"a comparison needs many; name another one, or let more rows judge in {PARAMS}"
        )
    if len(known) < gate.min_rows:
        raise ContractError(
            f"{POLICY}: gate.min_rows is {gate.min_rows:,}, and {len(known):,} rows judge; lower "
            f"it, or let more rows judge in {PARAMS}"
        )


def _plain(pair: Pair, name: str, confidence: float) -> Difference:
    return difference(pair.measured(FUNCTIONS[name]), TABLE[name], confidence)


def _rows(window: Window, other: Other, code: Code, policy: Policy) -> pd.DataFrame:
    """Return the rows to compare on, with the other model's predictions in columns OTHER."""
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
    same = other.model == window.model
    scores = rows[score_columns(rows)] if same else code.scores(rows, window.inputs)
    return beside(rows, scores)


def _confidence(measured: Measured, kind: Kind, gate: Gate, found: Difference) -> float | None:
    """Return the one-sided confidence that the primary metric is better by more than the margin.

    It is rounded down: no confidence is raised to what it does not reach.
    """
    improvement = measured.improvement(gate.table[gate.primary])
    if improvement is None:
        return None
    margin = getattr(gate.promote, kind).margin
    # `found.likely` is one half where only the last bits of the metric differ
    confidence = improvement.confidence_above(margin) if margin else found.likely or 0.0
    return int(confidence * 1e4) / 1e4


def _curves(pair: Pair, task: Task) -> dict[str, Any]:
    """Return both models' curves on one grid, where both of them have one."""
    has_one_class = task == "binary" and len(np.unique(pair.outcome)) < 2
    if task == "multiclass" or has_one_class:
        return {}
    this, other = (curves(pair.outcome, score, task) for score in (pair.this, pair.other))
    found = {}
    for name in this:
        both = [each[name].iloc[:, :2].to_numpy("float64").T for each in (this, other)]
        low, high = max(x[0] for x, _ in both), min(x[-1] for x, _ in both)
        grid = low + GRID * (high - low)
        lines = [np.interp(grid, x, y) for x, y in both]
        found[name] = [tuple(point) for point in np.round([grid, *lines], DIGITS).T.tolist()]
    return found


def by_class(pair: Pair) -> list[ClassRows]:
    """Return how many rows of each class both models get right, of the classes that have rows."""
    this, other = (score.argmax(axis=1) for score in (pair.this, pair.other))
    found = []
    for number, name in enumerate(pair.classes):
        rows = pair.outcome == number
        wrong = np.bincount(this[rows & (this != number)], minlength=1)
        if rows.any():
            found.append(
                ClassRows(
                    name=name,
                    rows=int(rows.sum()),
                    this=round(float((this[rows] == number).mean()), DIGITS),
                    other=round(float((other[rows] == number).mean()), DIGITS),
                    confused_with=pair.classes[int(wrong.argmax())] if wrong.any() else None,
                    confused=int(wrong.max()),
                )
            )
    return found


def parts(pair: Pair, slices: pd.DataFrame, gate: Gate, measure: Measure = by_table) -> list[Part]:
    """Return the primary metric on each value of each slice that has enough rows.

    Of m parts each has the confidence 1 - (1 - confidence) / m (Bonferroni), and below that an
    effect is not even likely.
    """
    pairs = {
        (column, value): pair.subset((slices[column] == value).to_numpy())
        for column in slices
        for value, rows in sorted(slices[column].value_counts().items())
        if rows >= gate.min_rows_slice
    }
    each = 1 - (1 - gate.confidence) / max(1, len(pairs))
    metric, measured = gate.table[gate.primary], measure(gate.primary, list(pairs.values()))
    return [
        Part(
            slice=str(column),
            value=str(value),
            rows=len(part.outcome),
            primary=difference(found, metric, each, likely=(1 + each) / 2),
        )
        for ((column, value), part), found in zip(pairs.items(), measured, strict=True)
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

    def share(outcome: Array, flag: Array) -> float:
        return float(flag[outcome].mean()) if outcome.any() else np.nan

    flag_pair = replace(pair, this=flags(pair.this), other=flags(pair.other))
    metric = Metric(True, ("binary",), SHARE)
    found = difference(flag_pair.measured(share), metric, confidence)
    return Recall(flagged=flagged, positives=int(pair.outcome.sum()), share=found)
