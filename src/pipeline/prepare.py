"""Stage `prepare`: rows split by time or by a hash, and turned into features, a file at a time."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.features import INPUTS, OUTCOME, earlier, features, keys, outcome
from pipeline.params import FEATURES, Params, Prepare
from pipeline.params import read as read_params
from pipeline.paths import DATA, TEST, TRAIN
from retrain.console import progress
from retrain.data import inputs, partitions
from retrain.data.keys import Keys, filled
from retrain.errors import UserError, reported, within
from retrain.files import whole_folder
from retrain.metrics import tasks

PARTS = (TRAIN.name, TEST.name)
DIFFERENT = f"keep one of them, or name what makes them differ in KEY of {FEATURES}"


def split(
    months: Sequence[str], train_from: str, test_from: str | int
) -> tuple[list[str], list[str]]:
    """Return the months that train and the months that judge; every judge is after all that train.

    Args:
        months: or weeks, or days, oldest first.
        train_from: the first month that trains, or "oldest".
        test_from: the first month that judges, or "newest", or how many of the newest judge.

    Raises:
        UserError: if a month is not there, or none is left to train.
    """
    newest = 1 if test_from == "newest" else test_from
    start = months[0] if train_from == "oldest" else train_from
    judge = months[max(0, len(months) - newest)] if isinstance(newest, int) else newest
    if not partitions.has_time(months[0]):
        raise UserError(
            f"params.yaml: prepare.split is time, and {months[0]}.parquet has no time in its name; "
            "set it to hash, or write a file a month, week or day"
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
            f"params.yaml: prepare.train_from is {train_from} and prepare.test_from {test_from}, "
            f"and so none of the files of data/ ({len(months)}) trains; ingest more of them, let "
            "fewer judge, or set prepare.split to hash"
        )
    return train, [month for month in months if month >= judge]


def transform(raw: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Return one row for each whose outcome is known: its keys, the features, and `outcome`.

    Others have nothing to learn from, and are left out. `earlier` is there if features.py gives it.
    """
    outcomes = known_outcomes(raw, params)
    known = raw.loc[outcomes.index].reset_index(drop=True)
    named = filled(keys(known))
    if named["key"].duplicated().any():
        key = named.loc[named["key"].duplicated(), "key"].iloc[0]
        raise UserError(f"two rows have the key {key!r}; {DIFFERENT}")
    table = named.join(features(known))
    if (before := earlier(known)) is not None:
        table["earlier"] = before
    return table.assign(outcome=outcomes.reset_index(drop=True))


def known_outcomes(raw: pd.DataFrame, params: Params) -> "pd.Series[Any]":
    """Return the outcome of each row that has one, by the row's index.

    A row has none where the column is empty, or where `outcome` leaves it out or empty.
    """
    inputs.check_present(list(map(str, raw.columns)), [OUTCOME.name])
    inputs.check_rows(raw, INPUTS)
    found = outcome(raw[raw[OUTCOME.name].notna()], params.prepare).dropna()
    return tasks.outcomes(found.infer_objects(), params.task)


def prepare(data: Path, output: Path, params: Params) -> None:
    """Write `output`/train and `output`/test, a Parquet file for each of data; both or neither."""
    names, chosen = partitions.names(data), params.prepare
    left_out, every_key = 0, Keys()
    rows, classes = Counter[str](), {part: Counter[str]() for part in PARTS}
    with whole_folder(output) as scratch:
        for name, parts in progress(list(_parts(names, chosen)), "prepare"):
            source = partitions.path_of(data, name)
            raw = partitions.read(source)
            with within(source):
                table = transform(raw, params)
            left_out += len(raw) - len(table)
            every_key.add(source, table["key"])
            for part, found in _divided(table, parts, chosen):
                partitions.write(found, partitions.path_of(scratch / part, name))
                rows[part] += len(found)
                if params.task == "multiclass":
                    classes[part].update(found["outcome"])
        if again := every_key.again():
            one, other = again
            raise UserError(f"{one} has a row whose key is in {other} too; {DIFFERENT}")
        _check_rows(rows, chosen)
        _check_classes(classes[TRAIN.name], classes[TEST.name])
    if left_out:
        print(f"{left_out:,} rows have no {OUTCOME.name}, and are left out", file=sys.stderr)


def _parts(names: Sequence[str], params: Prepare) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each file with the parts, of PARTS, that its rows go to."""
    if params.split == "hash":
        yield from ((name, PARTS) for name in names)
        return
    train, test = split(names, params.train_from or "oldest", params.test_from or "newest")
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


def _check_rows(rows: Counter[str], params: Prepare) -> None:
    """Raise a `UserError` unless there are rows that train, and rows that judge."""
    for part, does in zip(PARTS, ("trains", "judges"), strict=True):
        if not rows[part]:
            raise UserError(
                f"params.yaml: of the rows with an outcome in data/, none {does}; add rows, or "
                f"change prepare.{'test_share' if params.split == 'hash' else 'test_from'}"
            )


def _check_classes(train: Counter[str], test: Counter[str]) -> None:
    """Raise a `UserError` unless a multiclass task has a few classes, and every one trains."""
    tasks.check_number_of_classes(len({*train, *test}), "set task to regression, or make fewer")
    in_outcome = f"in `outcome` of {FEATURES}"
    for name, rows in test.items():
        if name not in train:
            raise UserError(
                f"the class {name!r} judges (rows: {rows:,}) and does not train; let more rows "
                f"train, or leave it out {in_outcome}"
            )
    for name, rows in train.items():
        if rows < 2:
            raise UserError(
                f"the class {name!r} has one row that trains; add rows, or join it with another "
                f"class {in_outcome}"
            )


@reported
def main() -> None:
    prepare(DATA, TRAIN.parent, read_params())


if __name__ == "__main__":
    main()
