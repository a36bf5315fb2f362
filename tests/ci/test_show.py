"""The end of a run, in words: is this the committed model, and how far is it from it?"""

from typing import Any

import pytest

from retrain.ci import show
from retrain.ci.run import Run, Step

METRICS = {
    "window": {"train": "2013-01", "test": "2013-02"},
    "rows": {"train": 1000, "test": 100},
    "model": {"roc_auc": 0.75, "brier": 0.2},
    "reference": {"roc_auc": 0.7, "brier": None},
}


def run(committed_model: str | None, committed: dict[str, float] | None) -> Run:
    before: dict[str, Any] | None = {"model": committed} if committed else None
    return Run([Step("train", "ran", 1.5)], METRICS, before, "this", committed_model)


@pytest.mark.parametrize(
    ("committed_model", "committed", "said"),
    [
        (None, None, "the first one here; commit dvc.lock and reports/"),
        ("this", {"roc_auc": 0.75, "brier": 0.2}, "the committed model, to the byte"),
        (
            "other",
            {"roc_auc": 0.75, "brier": 0.2},
            "other bytes than the committed model, with the same metrics",
        ),
        (
            "other",
            {"roc_auc": 0.74, "brier": 0.25},
            "this one minus that: roc_auc +0.0100, brier -0.0500",
        ),
        ("other", None, "has no metrics to compare with"),
    ],
)
def test_what_is_said_of_the_model(
    capsys: pytest.CaptureFixture[str],
    committed_model: str | None,
    committed: dict[str, float] | None,
    said: str,
) -> None:
    show.run(run(committed_model, committed), as_json=False)
    out = capsys.readouterr().out
    assert said in " ".join(out.split())
    assert "undefined" in out
    assert "1,000 rows (2013-01), judged on 100 rows (2013-02)" in out
