"""The rows of new data: which can be judged, their outcomes and slices, without a model."""

import sys
from pathlib import Path

import pandas as pd

from pipeline.features import OUTCOME, features, keys, outcome, slice_columns
from pipeline.params import read as read_params
from retrain.data import partitions
from retrain.errors import reported, within


def rows(flights: pd.DataFrame, late_after: float) -> pd.DataFrame:
    """Return one row for each flight, in their order.

    Columns: `key`, `day`, `outcome` (bool, null for a flight that never arrived: it cannot be
    judged), and a text for each slice.
    """
    arrived = flights[OUTCOME.name].notna()
    late = outcome(flights, late_after).astype("boolean").where(arrived)
    return keys(flights).assign(outcome=late).join(slice_columns(features(flights)))


def write(source: Path, target: Path, late_after: float) -> int:
    """Write the rows of a raw month as Parquet, whole or not at all; return how many."""
    flights = partitions.read(source)
    with within(source):
        table = rows(flights, late_after)
    partitions.write(table, target)
    return len(table)


@reported
def main() -> None:
    """Write the rows of a raw file: `python -m pipeline.rows INPUT OUTPUT`."""
    source, target = map(Path, sys.argv[1:])
    print(f"{target}: {write(source, target, read_params().prepare.late_after):,} rows")


if __name__ == "__main__":
    main()
