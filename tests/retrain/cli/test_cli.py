"""The commands as a person meets them: help, plain output in a pipe, one line for a mistake."""

from pathlib import Path

import pytest

from tests.conftest import Run


def test_help_names_every_command(tmp_path: Path, run: Run) -> None:
    result = run("retrain", "--help", cwd=tmp_path)
    assert result.returncode == 0
    commands = (
        "run",
        "predict",
        "ingest",
        "plan",
        "gate",
        "report",
        "judge",
        "land",
        "plots",
        "doctor",
    )
    for command in commands:
        assert command in result.stdout
        assert run("retrain", command, "--help", cwd=tmp_path).returncode == 0


@pytest.mark.smoke
def test_an_unknown_command_is_refused(tmp_path: Path, run: Run) -> None:
    result = run("retrain", "rnu", cwd=tmp_path)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_run_prints_plain_text_in_a_pipe(toy: Path, run: Run) -> None:
    result = run("retrain", "run", cwd=toy)
    assert "\x1b" not in result.stdout + result.stderr
    for word in ("make", "ran", "log_loss", "reference", "Trained on", "models/model.skops"):
        assert word in result.stdout
