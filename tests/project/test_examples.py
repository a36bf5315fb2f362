"""What the examples do to a project can still be done to this one."""

import re
from pathlib import Path
from typing import Any

import pytest

from pipeline import params
from retrain.metrics.table import TABLE
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


def test_a_metric_more_is_one_of_the_task(states: dict[str, Any], tmp_path: Path) -> None:
    states["new_metric"](project := Project())
    (tmp_path / "params.yaml").write_text(*project.edited.values())
    assert params.read(tmp_path / "params.yaml").evaluate.metrics[-1] == "accuracy"
    assert TABLE["accuracy"].tasks[0] == "binary"
