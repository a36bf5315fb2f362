"""Score flights that have not arrived yet, with the features that the model was trained on."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.features import (
    CATEGORICAL,
    INPUTS,
    KEY,
    NUMERIC,
    OUTCOME,
    features,
    keys,
    slice_columns,
)
from pipeline.params import read as read_params
from pipeline.paths import MODEL
from retrain.data import inputs, modelfile, partitions
from retrain.errors import UserError, reported, within
from retrain.files import whole

OUTPUT = pa.schema(
    [
        ("key", pa.string()),
        ("day", pa.string()),
        *[INPUTS.field(name) for name in KEY],
        ("score", pa.float64()),
    ]
)


def probability(model: Any, table: pd.DataFrame) -> NDArray[np.float64]:
    """Return the probability of the outcome for each row of features, shape (rows,).

    On one thread: the order in which threads add up decides the last bits.
    """
    with threadpool_limits(1):
        return np.asarray(model.predict_proba(table)[:, 1], dtype="float64")


def window(model: Any, test: Sequence[Path]) -> pd.DataFrame:
    """Return one row for each row of features in the files `test`, in their order.

    Columns: `key`, `day`, `outcome` (bool), `score` (the model's probability of it), and a text for
    each slice.
    """
    parts = []
    for path in test:  # one month at a time
        table = partitions.read(path)
        scored = table[["key", "day"]].assign(
            outcome=table["outcome"], score=probability(model, table[CATEGORICAL + NUMERIC])
        )
        parts.append(scored.join(slice_columns(table)))
    return pd.concat(parts, ignore_index=True)


def predict(model: Any, source: Path, target: Path) -> int:
    """Score the rows of `source` into `target`, both Parquet or CSV; return how many.

    `source` has the columns INPUTS, in any order, and may have the outcome, which is not read.
    `target` has the columns OUTPUT, in the order of the rows, and is written whole or not at all.

    Raises:
        UserError: if a column is missing, unknown, of another type or not filled, or a file is
            unreadable, or its name ends in neither .parquet nor .csv.
    """
    for path in (source, target):
        if path.suffix not in inputs.FORMATS:
            raise UserError(f"{path}: its name ends in neither .parquet nor .csv; rename it")
    if target.exists() and target.samefile(source):
        raise UserError(f"{target}: this is the input; name another file for the scores")
    rows = 0
    write = pq.ParquetWriter if target.suffix == ".parquet" else pa.csv.CSVWriter
    with whole(target) as scratch, write(scratch, OUTPUT) as writer:
        for batch in inputs.batches(source, INPUTS, [OUTCOME.name]):
            with within(source):
                writer.write_table(score(model, batch))
            rows += batch.num_rows
    return rows


def score(model: Any, batch: pa.Table) -> pa.Table:
    """Return OUTPUT for a batch with the columns INPUTS."""
    flights = inputs.checked(batch, INPUTS).to_pandas()
    result = keys(flights).join(flights[KEY]).assign(score=probability(model, features(flights)))
    return pa.Table.from_pandas(result, OUTPUT, preserve_index=False)


@reported
def main() -> None:
    """Score the rows of a file into another one."""
    parser = argparse.ArgumentParser(prog="pipeline.predict", description=main.__doc__)
    parser.add_argument("source", type=Path, metavar="INPUT", help="Parquet or CSV")
    parser.add_argument("target", type=Path, metavar="OUTPUT", help="Parquet or CSV")
    parser.add_argument("--model", type=Path, default=MODEL)
    given = parser.parse_args()
    model = modelfile.load(given.model, read_params().train.trusted)
    print(f"{given.target}: {predict(model, given.source, given.target):,} rows scored")


if __name__ == "__main__":
    main()
