"""The rows of new data: which can be judged, their outcomes and slices, without a model."""

import sys
from pathlib import Path

import pandas as pd

from pipeline.features import features, keys, slice_columns
from pipeline.params import Params
from pipeline.params import read as read_params
from pipeline.prepare import known_outcomes
from retrain.data import partitions
from retrain.data.keys import filled
from retrain.errors import reported, within


def rows(raw: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Return one row for each, in their order.

    Columns: those of `keys`, `outcome` (null where it is not known: such a row cannot be judged),
    and a text for each slice.
    """
    values = known_outcomes(raw, params)
    nullable = values.astype("boolean") if params.task == "binary" else values
    table = filled(keys(raw)).assign(outcome=nullable.reindex(raw.index))
    return table.join(slice_columns(features(raw)))


def write(source: Path, target: Path, params: Params) -> int:
    """Write the rows of a file of data as Parquet, whole or not at all; return how many."""
    raw = partitions.read(source)
    with within(source):
        table = rows(raw, params)
    partitions.write(table, target)
    return len(table)


@reported
def main() -> None:
    """Write the rows of raw files into a folder: `python -m pipeline.rows INPUT... FOLDER`."""
    *sources, folder = map(Path, sys.argv[1:])
    params = read_params()
    for source in sources:
        print(f"{source}: {write(source, folder / source.name, params):,} rows")


if __name__ == "__main__":
    main()
