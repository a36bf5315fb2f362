"""What DVC shows: nothing of its progress stays on the screen."""

import sys
from pathlib import Path

import pytest
from dvc.ui import ui

from retrain.repo import dvc
from tests.conftest import Terminal
from tests.toys import toys


def test_a_progress_bar_of_dvc_is_gone_when_its_work_is_done(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with (
        toys.working_in(toy),
        dvc.opened(),
        ui.progress(desc="Collecting", leave=True) as bar,
    ):
        bar.update(1)
    assert "Collecting" in screen.getvalue()
    assert screen.getvalue().split("\r")[-2].isspace()  # written over
