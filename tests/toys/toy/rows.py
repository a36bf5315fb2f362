"""Which rows of the toy's data judge, as a commit's code: `python -m pipeline.rows INPUT OUTPUT`."""

import sys

import quick  # noqa: F401

# isort: split
import pyarrow.parquet as pq

if __name__ == "__main__":
    source, target = sys.argv[1:]
    rows = pq.read_table(source)
    pq.write_table(rows.select(["key", "day", "outcome"]), target)
