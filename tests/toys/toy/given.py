"""The toy's rows as its model takes them: `python -m pipeline.given INPUT OUTPUT`."""

import sys
from pathlib import Path

import quick  # noqa: F401

# isort: split
import pyarrow.parquet as pq

if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    pq.write_table(pq.read_table(source, columns=["key", "signal"]), target)
