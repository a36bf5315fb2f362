"""The end of a run, in words: is this the committed model, how far is it from it, and what of it?"""

import json
import re
from typing import Any

import pytest

from retrain.cli import output
from retrain.run.execution import Run
from retrain.run.outputs import Step
from tests.toys import states

METRICS = {
    "window": {"train": "2013-01", "test": "2013-02"},
    "rows": {"train": 1000, "test": 100},
    "model": {"roc_auc": 0.75, "brier": 0.2},
    "reference": {"roc_auc": 0.7, "brier": None},
}


def run(committed_model: str | None, committed: dict[str, float] | None) -> Run:
    before: dict[str, Any] | None = {"model": committed} if committed else None
    steps = [Step(stage="train", state="ran", seconds=1.5)]
    return Run(steps, METRICS, before, "this", committed_model)


@pytest.mark.parametrize(
    ("committed_model", "committed", "said"),
    [
        (None, None, "the first one here; commit dvc.lock and reports/"),
        ("this", {"roc_auc": 0.75, "brier": 0.2}, "the committed model, to the byte"),
        ("other", {"roc_auc": 0.75, "brier": 0.2}, "other bytes than the committed model, with the same metrics"),
        ("other", {"roc_auc": 0.74, "brier": 0.25}, "this one minus that: roc_auc +0.0100, brier -0.0500"),
        ("other", None, "has no metrics to compare with"),
    ],
)  # fmt: skip
def test_what_is_said_of_the_model(
    capsys: pytest.CaptureFixture[str],
    committed_model: str | None,
    committed: dict[str, float] | None,
    said: str,
) -> None:
    output.run(run(committed_model, committed), as_json=False)
    out = capsys.readouterr().out
    assert said in " ".join(out.split())
    assert "undefined" in out
    assert "1,000 rows (2013-01), judged on 100 rows (2013-02)" in out


def test_a_verdict_is_a_table_for_each_other_model(capsys: pytest.CaptureFixture[str]) -> None:
    found = states.promoted().verdict
    output.verdict(found, as_json=False)
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    champion, base = lines.index("against the champion, v1.0.0"), lines.index("against the base")
    assert champion < base
    log_loss = "log_loss likely better 0.5384, 0.5258 -0.0126 (-0.0301…+0.0049)"
    assert log_loss in lines[champion:base]
    assert "roc_auc surely better" in " ".join(lines[champion:base])
    assert "log_loss not clear 0.5262, 0.5258 -0.0004 (-0.0015…+0.0007)" in lines[base:]
    assert any(line.startswith("promote log_loss 0.5384 to 0.5258") for line in lines)


def test_a_line_of_metrics_fits_into_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    long = states.difference(0.5258, 0.0126, 0.0301, "likely better")
    metrics = {"calibration_error": long, "average_precision": long}
    output.verdict(
        states.verdict(
            base=None, champion=states.comparison(states.BASE_MODEL, None, metrics=metrics)
        ),
        as_json=False,
    )
    lines = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= 80
    assert sum("calibration_error" in line and "(" in line for line in lines) == 1


def test_what_is_not_defined_has_no_interval(capsys: pytest.CaptureFixture[str]) -> None:
    undefined = states.difference(0.5, 0.1, 0.1, "not clear").model_copy(
        update={"low": None, "high": None, "likely": None, "effect": "undefined"}
    )
    compared = states.comparison(states.BASE_MODEL, "v1.1.0", metrics={"roc_auc": undefined})
    output.verdict(states.verdict(base=compared, champion=compared), as_json=False)
    out = " ".join(capsys.readouterr().out.split())
    assert "roc_auc undefined 0.4000, 0.5000 verdict" in out
    assert "against the base" not in out


def test_a_program_gets_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = states.verdict()
    output.verdict(found, as_json=True)
    assert json.loads(capsys.readouterr().out) == found.model_dump(mode="json")
