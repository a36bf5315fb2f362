"""The toy's scores, as a commit's code: `python -m pipeline.predict INPUT... OUTPUT --model FILE`."""

import argparse
from pathlib import Path

import quick  # noqa: F401

# isort: split
import pyarrow as pa
import pyarrow.parquet as pq
from make import score


def predict(source: Path, target: Path, model: Path) -> None:
    rows = pq.read_table(source)
    quality = float(model.read_text().split()[0])
    scores = [score(quality, signal) for signal in rows["signal"].to_pylist()]
    pq.write_table(pa.table({"key": rows["key"], "score": scores}), target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--model", type=Path, default="models/model.skops")
    given = parser.parse_args()
    for source in given.sources:
        target = given.target / source.name if given.target.is_dir() else given.target
        predict(source, target, given.model)
