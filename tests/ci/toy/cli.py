"""The toy's own command, as a commit's code: `predict INPUT OUTPUT`, `rows INPUT OUTPUT`."""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from make import score


def main():
    _, command, source, target = sys.argv
    rows = pq.read_table(source)
    if command == "rows":
        pq.write_table(rows.select(["key", "day", "outcome"]), target)
        return
    assert command == "predict"
    quality = float(Path("models/model.skops").read_text().split()[0])
    scores = [score(quality, signal) for signal in rows["signal"].to_pylist()]
    pq.write_table(pa.table({"key": rows["key"], "score": scores}), target)
