"""What the toy's model sees of some rows: `python -m pipeline.seen INPUT... FOLDER --model MODEL`."""

import argparse
import json
from pathlib import Path

import quick  # noqa: F401

# isort: split
import pyarrow as pa
import pyarrow.parquet as pq
from make import score

NAMES = {"retrain": json.dumps({"numeric": ["signal"], "categorical": ["place"]})}

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path)
    given = parser.parse_args()
    quality = float(given.model.read_text().split()[0])
    for number, source in enumerate(given.sources):
        rows = pq.read_table(source)
        if "outcome" not in rows.column_names:
            rows = rows.append_column("outcome", pa.nulls(len(rows), pa.bool_()))
        scores = [score(quality, signal) for signal in rows["signal"].to_pylist()]
        rows = rows.select(["key", "day", "signal", "place", "outcome"])
        rows = rows.append_column("score", pa.array(scores))
        pq.write_table(rows.replace_schema_metadata(NAMES), given.folder / f"{number:06}.parquet")
