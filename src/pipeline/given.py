"""The rows that were given to a model, as it takes them: kept beside what it says of them."""

import argparse
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.features import INPUTS, OUTCOME
from retrain.data import inputs
from retrain.errors import reported, within
from retrain.files import whole


def write(source: Path, target: Path) -> None:
    """Write the columns INPUTS of new rows, Parquet or CSV, as Parquet: in their types and order.

    `predict` refuses the same rows: see there.
    """
    with whole(target) as scratch, pq.ParquetWriter(scratch, INPUTS) as writer:
        for batch in inputs.batches(source, INPUTS, [OUTCOME.name]):
            with within(source):
                writer.write_table(inputs.checked(batch, INPUTS))


@reported
def main() -> None:
    """Write the rows of a file as the model takes them: `python -m pipeline.given INPUT OUTPUT`."""
    parser = argparse.ArgumentParser(prog="pipeline.given", description=main.__doc__)
    parser.add_argument("source", type=Path, metavar="INPUT", help="Parquet or CSV")
    parser.add_argument("target", type=Path, metavar="OUTPUT", help="Parquet")
    given = parser.parse_args()
    write(given.source, given.target)


if __name__ == "__main__":
    main()
