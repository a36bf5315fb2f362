"""Stage `prepare`: rows split by time or by a hash, and turned into features, a file at a time."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from pipeline.features import INPUTS, OUTCOME, earlier, features, keys, outcome
from pipeline.params import Params, Prepare
from pipeline.params import read as read_params
from pipeline.paths import DATA, TEST, TRAIN
from retrain.console import progress
from retrain.data import inputs, partitions
from retrain.errors import UserError, reported, within
from retrain.files import whole_folder
from retrain.metrics import tasks

PARTS = (TRAIN.name, TEST.name)


def split(months: Sequence[str], train_from: str, test_from: str) -> tuple[list[str], list[str]]:
    """Return the months that train and the months that judge; every judge is after all that train.

    Args:
        months: or weeks, or days, oldest first.
        train_from: the first month that trains, or "oldest".
        test_from: the first month that judges, or "newest".

    Raises:
        UserError: if a month is not there, or none is left to train.
    """
    start = months[0] if train_from == "oldest" else train_from
    judge = months[-1] if test_from == "newest" else test_from
    if not partitions.has_time(months[0]):
        raise UserError(
            f"params.yaml: prepare.split is time, and {months[0]}.parquet has no time in its name; "
            "set it to hash, or write a file a month"
        )
    for key, month in (("train_from", start), ("test_from", judge)):
        if month not in months:
            raise UserError(
                f"params.yaml: prepare.{key} is {month}, and data/ holds {months[0]} to "
                f"{months[-1]}; choose one of these"
            )
    train = [month for month in months if start <= month < judge]
    if not train:
        raise UserError(
            f"params.yaml: no file of data/ lies between prepare.train_from ({start}) and "
            f"prepare.test_from ({judge}); let at least one train"
        )
    return train, [month for month in months if month >= judge]


def transform(raw: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Return one row for each whose outcome is known: its keys, the features, and `outcome`.

    Others have nothing to learn from, and are left out. `earlier` is there if features.py gives it.
    """
    known = raw[has_outcome(raw)].reset_index(drop=True)
    table = keys(known).join(features(known))
    if (before := earlier(known)) is not None:
        table["earlier"] = before
    if table["key"].duplicated().any():
        key = table.loc[table["key"].duplicated(), "key"].iloc[0]
        raise UserError(f"two rows have the key {key!r}; name what makes them differ in KEY")
    return table.assign(outcome=tasks.outcomes(outcome(known, params.prepare), params.task))


def has_outcome(raw: pd.DataFrame) -> "pd.Series[bool]":
    """Return which rows have an outcome; raise a `UserError` if a column is missing."""
    inputs.check_present(list(map(str, raw.columns)), [OUTCOME.name, *INPUTS.names])
    known: pd.Series[bool] = raw[OUTCOME.name].notna()
    return known


def prepare(data: Path, output: Path, params: Params) -> None:
    """Write `output`/train and `output`/test, a Parquet file for each of data; both or neither."""
    names, chosen = partitions.names(data), params.prepare
    left_out, found = 0, {part: Counter[str]() for part in PARTS}
    with whole_folder(output) as scratch:
        for name, parts in progress(list(_parts(names, chosen)), "prepare"):
            source = partitions.path_of(data, name)
            raw = partitions.read(source)
            with within(source):
                table = transform(raw, params)
                left_out += len(raw) - len(table)
                for part, rows in _divided(table, parts, chosen):
                    partitions.write(rows, partitions.path_of(scratch / part, name))
                    outcomes = (
                        rows["outcome"] if params.task == "multiclass" else ["any"] * len(rows)
                    )
                    found[part].update(outcomes)
        _check(found[TRAIN.name], found[TEST.name], chosen)
    if left_out:
        print(f"{left_out:,} rows have no {OUTCOME.name}, and are left out", file=sys.stderr)


def _parts(names: Sequence[str], params: Prepare) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each file with the parts, of PARTS, that its rows go to."""
    if params.split == "hash":
        yield from ((name, PARTS) for name in names)
        return
    train, test = split(names, params.train_from or "", params.test_from or "")
    yield from ((name, (TRAIN.name,)) for name in train)
    yield from ((name, (TEST.name,)) for name in test)


def _divided(
    table: pd.DataFrame, parts: Sequence[str], params: Prepare
) -> Iterator[tuple[str, pd.DataFrame]]:
    if len(parts) == 1:
        yield parts[0], table
        return
    for part, share in zip(PARTS, params.shares, strict=True):
        yield part, table[share.holds(table)].reset_index(drop=True)


def _check(train: Counter[str], test: Counter[str], params: Prepare) -> None:
    """Raise a `UserError` unless there are rows that train and judge, and every class trains."""
    if not (train and test):
        part = "judges" if train else "trains"
        raise UserError(
            f"params.yaml: of the rows with an outcome in data/, none {part}; add rows, or change "
            f"prepare.{'test_share' if params.split == 'hash' else 'test_from'}"
        )
    for name, rows in test.items():
        if name not in train:
            raise UserError(
                f"the class {name!r} is in {rows:,} rows that judge, and in none that trains; let "
                "more rows train, or leave it out in `outcome` of src/pipeline/features.py"
            )
    if len(train) > 1 and min(train.values()) < 2:  # one name stands for all rows without classes
        name = min(train, key=train.__getitem__)
        raise UserError(
            f"the class {name!r} has one row that trains; add rows, or join it with another class "
            "in `outcome` of src/pipeline/features.py"
        )


@reported
def main() -> None:
    prepare(DATA, TRAIN.parent, read_params())


if __name__ == "__main__":
    main()
