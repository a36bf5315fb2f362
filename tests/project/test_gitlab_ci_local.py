"""tools/gitlab_ci_local.py: installs by the lock, once; without a network it says what is missed."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the tool, at work in a folder of its own."""
    path = ROOT / "tools/gitlab_ci_local.py"
    spec = importlib.util.spec_from_file_location("gitlab_ci_local", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    monkeypatch.chdir(tmp_path)
    return module


def test_it_installs_once_by_the_lock_and_runs_no_scripts_of_packages(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def npm(words: list[str]) -> int:
        asked.append(words)
        (tmp_path / "node_modules").mkdir(exist_ok=True)
        (tmp_path / "node_modules/.package-lock.json").write_text("{}")
        return 0

    monkeypatch.setattr(tool, "npm", npm)
    tool.main()
    tool.main()
    assert asked == [["ci", "--silent", "--ignore-scripts"]]


def test_without_a_network_it_says_what_is_missed_and_ends_well(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tool, "npm", lambda words: 1)
    tool.main()
    assert "no test executes GitLab's pipeline" in capsys.readouterr().out


def test_the_lock_has_no_address() -> None:
    assert "resolved" not in (ROOT / "tests/e2e/gitlab/package-lock.json").read_text()
