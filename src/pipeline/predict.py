"""Score new rows, whose outcome is not known yet, with the features that the model learned from."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from pipeline.features import (
    CATEGORICAL,
    GROUPS,
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
from retrain.data.keys import filled
from retrain.errors import UserError, reported, within
from retrain.files import whole
from retrain.metrics.tasks import SCORE

CLASS_NAMES = "class_names_"  # of a model whose own classes are numbers


def scores(model: Any, table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a prediction for each row of features (see `retrain.metrics.tasks`).

    On one thread: the order in which threads add up decides the last bits.
    """
    columns = columns_of(model)
    with threadpool_limits(1):
        found = model.predict_proba(table) if hasattr(model, "classes_") else model.predict(table)
    values = np.asarray(found, "float64").reshape(len(table), -1)
    return pd.DataFrame(values[:, -len(columns) :], table.index, columns)  # of two, the second


def columns_of(model: Any) -> list[str]:
    """Return the names of the columns of a prediction."""
    names = getattr(model, CLASS_NAMES, getattr(model, "classes_", None))
    # XGBoost makes 0 and 1 of false and true
    if names is None or (isinstance(names, np.ndarray) and names.dtype.kind in "biu"):
        return [SCORE]
    return [f"{SCORE}_{name}" for name in names]


def window(model: Any, test: Sequence[Path]) -> pd.DataFrame:
    """Return one row for each row of features in the files `test`, in their order.

    Columns: those of `keys`, `outcome`, those of a prediction of it, and a text for each slice.
    """
    parts = []
    for path in test:  # one at a time
        if (table := partitions.read(path)).empty:  # of a split by hash
            continue
        features = [*CATEGORICAL, *NUMERIC]
        named = table[["key", *GROUPS, "outcome"]]
        scored = named.join(scores(model, table[features]))
        parts.append(scored.join(slice_columns(table)))
    return pd.concat(parts, ignore_index=True)


def predict(model: Any, source: Path, target: Path) -> int:
    """Score the rows of `source` into `target`, both Parquet or CSV; return how many.

    `source` has the columns INPUTS, in any order, and may have the outcome, which is not read.
    `target` has the columns of `schema`, in the order of the rows, and is written whole or not at
    all.

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
    with whole(target) as scratch, write(scratch, schema(model)) as writer:
        for batch in inputs.batches(source, INPUTS, [OUTCOME.name]):
            with within(source):
                writer.write_table(score(model, batch))
            rows += batch.num_rows
    return rows


def schema(model: Any) -> pa.Schema:
    """Return the columns of what is written: the keys, what they are made of, a prediction."""
    named = ["key", *GROUPS]
    return pa.schema(
        [
            *[(name, pa.string()) for name in named],
            *[INPUTS.field(name) for name in KEY if name not in named],
            *[(name, pa.float64()) for name in columns_of(model)],
        ]
    )


def score(model: Any, batch: pa.Table) -> pa.Table:
    """Return the columns of `schema` for a batch with the columns INPUTS."""
    raw, columns = inputs.checked(batch, INPUTS).to_pandas(), schema(model)
    table = filled(keys(raw)).join(scores(model, features(raw)))
    made_of = raw[[name for name in KEY if name not in table]]
    return pa.Table.from_pandas(table.join(made_of)[columns.names], columns, preserve_index=False)


@reported
def main() -> None:
    """Score the rows of a file into another one, or of some files into a folder."""
    parser = argparse.ArgumentParser(prog="pipeline.predict", description=main.__doc__)
    parser.add_argument("source", type=Path, metavar="INPUT", nargs="+", help="Parquet or CSV")
    parser.add_argument("target", type=Path, metavar="OUTPUT", help="Parquet or CSV, or a folder")
    parser.add_argument("--model", type=Path, default=MODEL)
    given = parser.parse_args()
    model = modelfile.load(given.model, read_params().train.trusted)
    for source in given.source:
        target = given.target / source.name if given.target.is_dir() else given.target
        print(f"{target}: {predict(model, source, target):,} rows scored")


if __name__ == "__main__":
    main()
