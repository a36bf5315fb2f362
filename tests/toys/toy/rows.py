"""Which rows of the toy's data judge, as a commit's code: `python -m pipeline.rows INPUT... FOLDER`."""

import sys
from pathlib import Path

import quick  # noqa: F401

# isort: split
import pyarrow.parquet as pq

if __name__ == "__main__":
    *sources, folder = map(Path, sys.argv[1:])
    for source in sources:
        rows = pq.read_table(source)
        pq.write_table(rows.select(["key", "day", "outcome"]), folder / source.name)
