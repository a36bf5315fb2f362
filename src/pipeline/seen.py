"""What production has seen, as the model sees it: for monitoring, which compares distributions."""

import argparse
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.features import CATEGORICAL, GROUPS, INPUTS, NUMERIC, OUTCOME, features, keys
from pipeline.params import Params
from pipeline.params import read as read_params
from pipeline.paths import MODEL
from pipeline.predict import columns_of, scores
from pipeline.prepare import known_outcomes
from retrain.data import logs, modelfile
from retrain.data.keys import filled
from retrain.errors import reported, within
from retrain.files import whole

KINDS = {"binary": pa.bool_(), "multiclass": pa.string(), "regression": pa.float64()}
METADATA = json.dumps({"numeric": NUMERIC, "categorical": CATEGORICAL})


def schema(model: Any, params: Params) -> pa.Schema:
    columns = [
        *[(name, pa.string()) for name in ("key", *GROUPS)],
        *[(name, pa.string()) for name in CATEGORICAL],
        *[(name, pa.float64()) for name in NUMERIC],
        ("outcome", KINDS[params.task]),
        *[(name, pa.float64()) for name in columns_of(model)],
    ]
    return pa.schema(dict(columns), {"retrain": METADATA})


def seen(raw: pd.DataFrame, model: Any, params: Params) -> pd.DataFrame:
    """Return keys, features, predictions and `outcome`, empty where it is not known yet."""
    table = features(raw)
    found = filled(keys(raw)).join(table).join(scores(model, table))
    if OUTCOME.name in raw:
        found["outcome"] = known_outcomes(raw, params).astype(object).reindex(raw.index)
    else:
        found["outcome"] = None
    return found


def write(source: Path, target: Path, model: Any, params: Params) -> None:
    """Write what `seen` returns for a file with the columns INPUTS, and any others, as Parquet."""
    columns = schema(model, params)
    with whole(target) as scratch, pq.ParquetWriter(scratch, columns) as writer:
        for batch in logs.rows(source, INPUTS, OUTCOME):
            with within(source):
                frame = seen(batch.to_pandas(), model, params)
            table = pa.Table.from_pandas(frame[columns.names], columns, preserve_index=False)
            writer.write_table(table.replace_schema_metadata(columns.metadata))


@reported
def main() -> None:
    """Write what a model sees of some files, Parquet or CSV, into a folder."""
    parser = argparse.ArgumentParser(prog="pipeline.seen", description=main.__doc__)
    parser.add_argument("sources", type=Path, metavar="INPUT", nargs="+")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--model", type=Path, default=MODEL)
    given = parser.parse_args()
    params = read_params()
    model = modelfile.load(given.model, params.train.trusted)
    for number, source in enumerate(given.sources):
        write(source, given.folder / f"{number:06}.parquet", model, params)


if __name__ == "__main__":
    main()
