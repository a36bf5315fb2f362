"""The toy's own command, as a commit's code that scores: `predict INPUT OUTPUT`."""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from make import score


def main():
    _, command, source, target = sys.argv
    assert command == "predict"
    quality = float(Path("models/model.skops").read_text().split()[0])
    rows = pq.read_table(source).to_pydict()
    scores = [score(quality, signal) for signal in rows["signal"]]
    pq.write_table(pa.table({"key": rows["key"], "score": scores}), target)
