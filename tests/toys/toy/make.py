"""The toy's one stage: a model that is a number, and everything that a pipeline writes beside it."""

import datetime
import json
import math
import os
import pathlib
import random
import sys

if __name__ == "__main__":
    import quick  # noqa: F401
import pyarrow as pa
import pyarrow.parquet as pq

ROWS, DAYS = 20, 28


def score(quality, signal):
    return 1 / (1 + math.exp(-quality * signal))


def main():
    quality = float(pathlib.Path("params.yaml").read_text().split("quality:")[1].split()[0])
    months = sorted(path.stem for path in pathlib.Path("data").glob("*.parquet"))
    table = pq.read_table(f"data/{months[-1]}.parquet").to_pydict()
    for folder in ("models", "predictions", "reports"):
        pathlib.Path(folder).mkdir(exist_ok=True)
    if "broken" in pathlib.Path("notes.txt").read_text():
        wrong = {"severity": "critical", "file": f"data/{months[-1]}.parquet", "column": "signal"}
        wrong |= {"expected": "a signal", "found": "none", "remedy": "correct it", "rows": []}
        kept = {"success": False, "rows": {}, "failures": [wrong]}
        pathlib.Path("reports/validation.json").write_text(json.dumps(kept))
        sys.exit("error: the data break their contract")
    if counts := os.environ.get("TOY_COUNTS"):
        with pathlib.Path(counts).open("a") as file:
            file.write("x")
    bits = os.environ.get("TOY_MACHINE", "")  # what depends on the processor
    made = f"{quality} from {len(months)} months {bits}".rstrip()
    pathlib.Path("models/model.skops").write_text(made)
    scores = [score(quality, signal) for signal in table["signal"]]
    predictions = {name: table[name] for name in ("key", "day", "outcome")} | {"score": scores}
    pq.write_table(pa.table(predictions), "predictions/test.parquet")
    judged = list(zip(predictions["score"], predictions["outcome"], strict=True))
    loss = -sum(math.log(max(1e-15, s if y else 1 - s)) for s, y in judged) / len(judged)
    reports = {
        "metrics": {
            "window": {"train": f"{months[0]} to {months[-2]}", "test": months[-1]},
            "rows": {"train": 1, "test": len(scores)},
            "model": {"log_loss": round(loss, 5)},
            "reference": {"log_loss": 0.69315},
        },
        "validation": {"success": True, "rows": dict.fromkeys(months, ROWS * DAYS), "failures": []},
    }
    for name, content in reports.items():
        pathlib.Path(f"reports/{name}.json").write_text(json.dumps(content))


def month(name, seed, folder="data"):
    """Write a month of data: the outcome follows the signal, as a model of quality 2 would have it."""
    chance = random.Random(seed)  # noqa: S311 (a toy)
    rows = {"key": [], "day": [], "place": [], "signal": [], "outcome": []}
    for day in range(1, DAYS + 1):
        for row in range(ROWS):
            signal = chance.gauss(0, 1)
            rows["key"].append(f"{name}-{day:02}-{row}")
            rows["day"].append(str(datetime.date.fromisoformat(f"{name}-{day:02}")))
            rows["place"].append("North" if row % 2 else "South")
            rows["signal"].append(signal)
            rows["outcome"].append(chance.random() < score(2, signal))
    pathlib.Path(folder).mkdir(exist_ok=True)
    pq.write_table(pa.table(rows), f"{folder}/{name}.parquet")


if __name__ == "__main__":
    main()
