"""The model's own tests, as a gate: they pass, they fail, or they cannot be run."""

from pathlib import Path

import pytest

from retrain.ci import behaviour
from retrain.errors import UserError


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    folder = tmp_path / "judged"
    folder.mkdir()
    return folder


def test_tests_that_pass_are_no_failure(tests: Path) -> None:
    (tests / "test_a.py").write_text("def test_a(): assert True\n")
    assert behaviour.failures(str(tests)) == []


def test_a_test_that_fails_is_named_with_its_reason(tests: Path) -> None:
    (tests / "test_a.py").write_text(
        "def test_good(): pass\ndef test_rain():\n    assert False, 'rain makes late'\n"
    )
    assert behaviour.failures(str(tests)) == ["test_rain: AssertionError: rain makes late"]


@pytest.mark.parametrize("text", ["import nothing_of_this_name\n", "def helper(): pass\n"])
def test_tests_that_cannot_be_run_are_no_pass(tests: Path, text: str) -> None:
    (tests / "test_a.py").write_text(text)
    with pytest.raises(UserError, match="pytest cannot run these tests"):
        behaviour.failures(str(tests))


def test_a_missing_folder_is_no_pass() -> None:
    with pytest.raises(UserError, match=r"policy.yaml: gate.behaviour names nowhere"):
        behaviour.failures("nowhere")


def test_none_is_none() -> None:
    assert behaviour.failures("none") == []
