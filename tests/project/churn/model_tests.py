"""The model, tested by its user: here, what is committed of it."""

import json
from pathlib import Path


def test_it_beats_the_reference() -> None:
    report = json.loads((Path(__file__).parents[2] / "reports/metrics.json").read_text())
    assert report["model"]["brier"] < report["reference"]["brier"]
