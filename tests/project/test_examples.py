"""What the examples do to a project can still be done to this one."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT


class Project:
    """Edits in memory, and runs nothing."""

    def __init__(self) -> None:
        self.folder, self.edited = ROOT, dict[str, str]()

    def edit(self, path: str, pattern: str, by: str) -> None:
        before = self.edited.get(path) or (ROOT / path).read_text("utf-8")
        self.edited[path], found = re.subn(pattern, by, before)
        assert (found, self.edited[path] != before) == (1, True), (path, pattern)

    def call(self, *words: str | Path, **_: Any) -> None:
        assert words

    def judge(self) -> None:
        """Do nothing."""

    keep = judge


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(ROOT / "tools")
    import example_states as states

    return {each.__name__: each for each in states.STATES}


def test_every_edit_of_an_example_finds_its_place_once(states: dict[str, Any]) -> None:
    edits = 0
    for state in states.values():
        state(project := Project())
        edits += len(project.edited)
    assert edits >= 6


def test_a_metric_more_is_one_with_a_direction(states: dict[str, Any]) -> None:
    states["new_metric"](project := Project())
    (text,) = project.edited.values()
    exec(compile(text, "metrics.py", "exec"), found := {"__name__": "metrics"})  # noqa: S102
    made = SimpleNamespace(**found)
    assert made.HIGHER_IS_BETTER["accuracy"] is True
    assert made.metrics(np.array([True, False]), np.array([0.9, 0.8]))["accuracy"] == 0.5
