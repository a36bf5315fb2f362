"""Stage `evaluate`: metrics of the test window's predictions, beside those of a simple reference.

It reads predictions and not the model: its metrics are in Git, so DVC cannot restore the stage from
its run cache, and running it again must be cheap.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_float_dtype, is_string_dtype

from pipeline.features import GROUPS
from pipeline.features import reference as label
from pipeline.params import Params
from pipeline.params import read as read_params
from pipeline.paths import CURVES, METRICS, PREDICTIONS, SLICES, TEST, TRAIN
from retrain.data import partitions
from retrain.data.windows import Period
from retrain.errors import UserError, reported
from retrain.files import whole_folder, write_json
from retrain.metrics import own
from retrain.metrics.curves import curves
from retrain.metrics.functions import Function, Metrics, metrics
from retrain.metrics.reference import Reference
from retrain.metrics.table import TABLE, Task
from retrain.metrics.tasks import SCORE, arrays, check_scores, classes

REFERENCE = "reference"  # the columns of its predictions, in place of SCORE
Kind = tuple[Callable[[Any], bool], str]
KINDS: dict[Task, Kind] = {
    "binary": (is_bool_dtype, "true or false"),
    "multiclass": (is_string_dtype, "a text"),
    "regression": (is_float_dtype, "a number"),
}
REMEDY = "correct `window` in src/pipeline/predict.py"


def check(rows: pd.DataFrame, length: int, task: Task, slices: Sequence[str]) -> None:
    """Raise a `UserError` unless these are predictions of a test window of `length` rows."""
    is_outcome, of_task = KINDS[task]
    kinds = dict.fromkeys(("key", *GROUPS, *slices), (is_string_dtype, "a text"))
    for name, (is_kind, kind) in {**kinds, "outcome": (is_outcome, of_task)}.items():
        if name not in rows:
            raise UserError(f"{PREDICTIONS} has no column {name!r}; {REMEDY}")
        if rows[name].isna().any() or not is_kind(rows[name]):
            raise UserError(f"{PREDICTIONS}: {name!r} is not {kind} in every row; {REMEDY}")
    check_scores(rows, task, str(PREDICTIONS))
    if len(rows) != length:
        found = f"{len(rows):,} rows, and {TEST}/ has {length:,}"
        raise UserError(f"{PREDICTIONS} has {found}: each should be scored once; {REMEDY}")
    if task != "regression" and rows["outcome"].nunique() < 2:
        raise UserError(
            f"{TEST}/: the outcome is the same for all {len(rows):,} rows; judge on more of them"
        )


def compare(rows: pd.DataFrame, functions: Mapping[str, Function]) -> dict[str, Metrics]:
    """Return the metrics of both predictions of rows, columns SCORE and REFERENCE, rounded."""
    outcome, scores, _ = arrays(rows, SCORE, REFERENCE)
    return {
        name: metrics(outcome, score, functions)
        for name, score in zip(("model", REFERENCE), scores, strict=True)
    }


def by_slice(
    rows: pd.DataFrame, names: Sequence[str], functions: Mapping[str, Function]
) -> list[dict[str, Any]]:
    """Return `slice`, `value`, `rows` and the metrics of `compare` for each part of each slice."""
    return [
        {"slice": name, "value": value, "rows": len(part), **compare(part, functions)}
        for name in names
        for value, part in rows.groupby(name, sort=True)
    ]


def windows(train: Sequence[Path], test: Sequence[Path], params: Params) -> dict[str, str]:
    """Return in words which rows train and which judge: `2013-01 to 2013-05` and `2013-06`."""
    if params.prepare.split == "hash":
        return dict(zip(("train", "test"), map(str, params.prepare.shares), strict=True))
    parts = {"train": train, "test": test}
    return {name: str(Period(files[0].stem, files[-1].stem)) for name, files in parts.items()}


def reference(train: Sequence[Path], test: Sequence[Path], task: Task) -> tuple[pd.DataFrame, int]:
    """Return the reference's predictions of the test window, and how many rows it learned from.

    Where features.py names an earlier row, and there is one: a number is as that row's, and a class
    as often as after that row's class. Else the mean by label.
    """
    rows = pd.concat([partitions.read(path) for path in test], ignore_index=True)
    before: pd.Series[Any] | None = None
    if "earlier" in rows:
        columns = ["key", "outcome"]
        every = pd.concat([partitions.read(path, columns) for path in [*train, *test]])
        before = every.set_index("key")["outcome"]

    def labels(table: pd.DataFrame) -> "pd.Series[Any]":
        if before is None or task == "regression":
            return label(table)
        return before.reindex(table["earlier"]).set_axis(table.index).astype("str")

    tables = map(partitions.read, train)
    known = Reference(((labels(table), table["outcome"]) for table in tables), task)
    found = known.predict(labels(rows))
    if before is not None and task == "regression":
        values = before.reindex(rows["earlier"]).set_axis(rows.index)
        found[SCORE] = values.fillna(found[SCORE])
    return found.rename(columns=lambda name: REFERENCE + name.removeprefix(SCORE)), known.rows


def write_curves(rows: pd.DataFrame, task: Task) -> None:
    """Write the curves of the model, and of the reference, with the y of that name."""
    outcome, (score, by_reference), known = arrays(rows, SCORE, REFERENCE)
    drawn = curves(outcome, score, task, known)
    if task != "multiclass":
        for name, curve in curves(outcome, by_reference, task).items():
            drawn[f"{name}_reference"] = curve.rename(columns={curve.columns[1]: "reference"})
    with whole_folder(CURVES) as scratch:
        for name, curve in drawn.items():
            curve.to_csv(scratch / f"{name}.csv", index=False, lineterminator="\n")


@reported
def main() -> None:
    params = read_params()
    task, chosen = params.task, params.evaluate
    train, test = partitions.paths(TRAIN), partitions.paths(TEST)
    by_reference, train_rows = reference(train, test, task)
    rows = partitions.read(PREDICTIONS)
    check(rows, len(by_reference), task, chosen.slices)
    rows = rows.join(by_reference)
    functions = own.functions(chosen.metrics, own.load(), classes(rows))
    found = compare(rows, functions)
    for name, value in found["model"].items():
        if value is None:
            place = "leave it out" if name in TABLE else f"correct it in {own.MODULE}"
            raise UserError(
                f"params.yaml: evaluate.metrics: {name} is undefined on the rows that judge; "
                f"{place}"
            )
    counts = {"train": train_rows, "test": len(rows)}
    window = windows(train, test, params)
    write_json(METRICS, {"window": window, "rows": counts, **found})
    write_json(SLICES, by_slice(rows, chosen.slices, functions))
    write_curves(rows, task)


if __name__ == "__main__":
    main()
