"""The one stage: whether a customer leaves, by the rate of those with as many visits."""

import csv
import json
from collections import defaultdict
from pathlib import Path


def rates(rows: list[dict[str, str]]) -> dict[str, float]:
    """Return the share of customers that left, by the number of their visits."""
    found: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        found[row["visits"]].append(row["left"] == "yes")
    return {visits: sum(left) / len(left) for visits, left in sorted(found.items())}


def main() -> None:
    rows = [
        row for path in sorted(Path("data").glob("*.csv")) for row in csv.DictReader(path.open())
    ]
    Path("models").mkdir(exist_ok=True)
    Path("models/model.skops").write_text(json.dumps(rates(rows)))


if __name__ == "__main__":
    main()
