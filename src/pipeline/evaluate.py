"""Stage `evaluate`: metrics of the test window's predictions, beside those of a simple reference.

It reads predictions and not the model: its metrics are in Git, so DVC cannot restore the stage from
its run cache, and running it again must be cheap.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_float_dtype, is_string_dtype

from pipeline.features import hour_of_day
from pipeline.params import read as read_params
from pipeline.paths import CURVES, METRICS, PREDICTIONS, SLICES, TEST, TRAIN
from retrain.data import partitions
from retrain.errors import UserError, reported
from retrain.files import whole, write_json
from retrain.metrics import Metrics, curves, metrics

REMEDY = "correct `window` in src/pipeline/predict.py"


def base_rates(train: Sequence[Path]) -> tuple["pd.Series[float]", int]:
    """Return the reference, and how many rows it was made from.

    The reference is the rate of the outcome by hour of day (index 0 to 23), over the training
    months; an hour that none of them has gets the rate of all.
    """
    counts = pd.DataFrame({"true": 0, "rows": 0}, index=range(24))
    for path in train:  # one month at a time: memory does not grow with the history
        table = partitions.read(path, ["departure", "outcome"])
        by_hour = table["outcome"].groupby(hour_of_day(table)).agg(["sum", "count"])
        counts = counts.add(by_hour.set_axis(["true", "rows"], axis=1), fill_value=0)
    rows = int(counts["rows"].sum())
    return (counts["true"] / counts["rows"]).fillna(counts["true"].sum() / rows), rows


def check(rows: pd.DataFrame, length: int, slices: Sequence[str]) -> None:
    """Raise a `UserError` unless these are predictions of a test window of `length` rows."""
    expected: dict[str, Callable[[Any], bool]] = {
        "key": is_string_dtype,
        "day": is_string_dtype,
        "outcome": is_bool_dtype,
        "score": lambda column: is_float_dtype(column) and bool(column.between(0, 1).all()),
        **dict.fromkeys(slices, is_string_dtype),
    }
    for name, is_valid in expected.items():
        if name not in rows:
            raise UserError(f"{PREDICTIONS} has no column {name!r}; {REMEDY}")
        if rows[name].isna().any() or not is_valid(rows[name]):
            kind = {"outcome": "true or false", "score": "a probability"}.get(name, "a text")
            raise UserError(f"{PREDICTIONS}: {name!r} is not {kind} in every row; {REMEDY}")
    if len(rows) != length:
        found = f"{len(rows):,} rows, and {TEST}/ has {length:,}"
        raise UserError(f"{PREDICTIONS} has {found}: each should be scored once; {REMEDY}")


def compare(rows: pd.DataFrame) -> dict[str, Metrics]:
    """Return both metrics for rows with the columns `outcome`, `score` and `reference`."""
    outcome = rows["outcome"].to_numpy("bool")
    return {
        "model": metrics(outcome, rows["score"].to_numpy("float64")),
        "reference": metrics(outcome, rows["reference"].to_numpy("float64")),
    }


def by_slice(rows: pd.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return `slice`, `value`, `rows` and the metrics of `compare` for each part of each slice."""
    return [
        {"slice": name, "value": value, "rows": len(part), **compare(part)}
        for name in names
        for value, part in rows.groupby(name, sort=True)
    ]


def span(files: Sequence[Path]) -> str:
    """Return the first and the last month in words: `2013-01 to 2013-05`."""
    first, last = files[0].stem, files[-1].stem
    return first if first == last else f"{first} to {last}"


@reported
def main() -> None:
    params = read_params().evaluate
    train, test = partitions.paths(TRAIN), partitions.paths(TEST)
    reference, train_rows = base_rates(train)
    rows = partitions.read(PREDICTIONS)
    hours = pd.concat([hour_of_day(partitions.read(path, ["departure"])) for path in test])
    check(rows, len(hours), params.slices)
    rows["reference"] = hours.map(reference).to_numpy("float64")
    outcome, score = rows["outcome"].to_numpy("bool"), rows["score"].to_numpy("float64")
    if outcome.all() or not outcome.any():
        raise UserError(
            f"{TEST}/: the outcome is the same for all {len(rows):,} rows; judge on more months"
        )
    report = {
        "window": {"train": span(train), "test": span(test)},
        "rows": {"train": train_rows, "test": len(rows)},
        **compare(rows),
    }
    write_json(METRICS, report)
    write_json(SLICES, by_slice(rows, params.slices))
    drawn = curves(outcome, score)
    for name, curve in curves(outcome, rows["reference"].to_numpy("float64")).items():
        drawn[f"{name}_reference"] = curve.rename(columns={curve.columns[1]: "reference"})
    for name, curve in drawn.items():
        with whole(CURVES / f"{name}.csv") as scratch:
            curve.to_csv(scratch, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
