"""The toy's scores, as a commit's code: `python -m pipeline.predict INPUT... OUTPUT`."""

import sys
from pathlib import Path

import quick  # noqa: F401

# isort: split
import pyarrow as pa
import pyarrow.parquet as pq
from make import score


def predict(source: Path, target: Path) -> None:
    rows = pq.read_table(source)
    quality = float(Path("models/model.skops").read_text().split()[0])
    scores = [score(quality, signal) for signal in rows["signal"].to_pylist()]
    pq.write_table(pa.table({"key": rows["key"], "score": scores}), target)


if __name__ == "__main__":
    words = sys.argv[1:]
    *sources, target = map(Path, words[: words.index("--model")] if "--model" in words else words)
    for source in sources:
        predict(source, target / source.name if target.is_dir() else target)
