"""What the first job of monitoring leaves for the next: two files in a folder, or a sentence."""

import sys
from pathlib import Path

import pytest

from retrain.ci.monitor import look_job
from retrain.errors import UserError
from tests.retrain.ci.monitor.test_alarm_job import drift


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a stand-in for the comparison, which this process finds beside its interpreter."""
    (found := tmp_path / "bin/retrain").parent.mkdir()
    monkeypatch.setattr(sys, "executable", str(found.with_name("python")))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content.json").write_text(drift().model_dump_json())
    return found


def test_what_was_found_is_moved_into_the_folder(program: Path, tmp_path: Path) -> None:
    program.write_text("#!/bin/sh\ncp content.json drift.json\necho page > drift.html\nexit 2\n")
    program.chmod(0o755)
    found = look_job.look(Path("drift"))
    assert found == drift()
    assert {path.name for path in (tmp_path / "drift").iterdir()} == {"drift.json", "drift.html"}
    assert not (tmp_path / "drift.json").exists()


def test_a_comparison_that_fails_leaves_nothing_of_an_earlier_one(
    program: Path, tmp_path: Path
) -> None:
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    (tmp_path / "drift.json").write_text("{}")
    (tmp_path / "drift").mkdir()
    (tmp_path / "drift/drift.json").write_text("{}")
    with pytest.raises(UserError, match="has left no result"):
        look_job.look(Path("drift"))
    assert list((tmp_path / "drift").iterdir()) == []
