"""Stage `prepare`: split the months by time, and turn each into features, one at a time."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.features import OUTCOME, features, keys, outcome
from pipeline.params import read as read_params
from pipeline.paths import DATA, TEST, TRAIN
from retrain.console import progress
from retrain.data import partitions
from retrain.errors import UserError, reported, within
from retrain.files import whole_folder


def split(months: Sequence[str], train_from: str, test_from: str) -> tuple[list[str], list[str]]:
    """Return the months that train and the months that judge; every judge is after all that train.

    Args:
        months: as YYYY-MM, oldest first, without a gap.
        train_from: the first month that trains, or "oldest".
        test_from: the first month that judges, or "newest".

    Raises:
        UserError: if a month is not there, or none is left to train.
    """
    start = months[0] if train_from == "oldest" else train_from
    judge = months[-1] if test_from == "newest" else test_from
    for key, month in (("train_from", start), ("test_from", judge)):
        if month not in months:
            raise UserError(
                f"params.yaml: prepare.{key} is {month}, and data/ holds {months[0]} to "
                f"{months[-1]}; choose one of these months"
            )
    train = [month for month in months if start <= month < judge]
    if not train:
        raise UserError(
            f"params.yaml: no month of data/ lies between prepare.train_from ({start}) and "
            f"prepare.test_from ({judge}); let at least one month train"
        )
    return train, [month for month in months if month >= judge]


def transform(flights: pd.DataFrame, late_after: float) -> pd.DataFrame:
    """Return one row for each flight that arrived: `key`, `day`, the features, and `outcome`.

    Cancelled and diverted flights have no outcome to learn from, and are left out.
    """
    arrived = flights[flights[OUTCOME.name].notna()].reset_index(drop=True)
    return keys(arrived).join(features(arrived)).assign(outcome=outcome(arrived, late_after))


def prepare(data: Path, output: Path, train_from: str, test_from: str, late_after: float) -> None:
    """Write `output`/train and `output`/test, a Parquet file a month; both or neither."""
    train, test = split(partitions.months(data), train_from, test_from)
    part = {**dict.fromkeys(train, TRAIN.name), **dict.fromkeys(test, TEST.name)}
    with whole_folder(output) as scratch:
        for month in progress(list(part), "prepare"):
            source = partitions.path_of(data, month)
            flights = partitions.read(source)
            with within(source):
                table = transform(flights, late_after)
            partitions.write(table, partitions.path_of(scratch / part[month], month))


@reported
def main() -> None:
    params = read_params().prepare
    prepare(DATA, TRAIN.parent, params.train_from, params.test_from, params.late_after)


if __name__ == "__main__":
    main()
