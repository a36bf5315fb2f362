"""Each test of behaviour passes a sound model of any task, and finds what is wrong with another."""

import shutil
from pathlib import Path

import pytest

import retrain.testing
from retrain.gate import behaviour
from retrain.gate.schema import Tests as Ran  # pytest collects what is named Tests
from tests.conftest import Run
from tests.retrain.report.render.test_sentences import as_read
from tests.retrain.testing import small
from tests.retrain.testing.wrongs import WRONGS
from tests.toys import states

TESTS = [name for name in retrain.testing.__all__ if name.startswith("test_")]
ROOM = Path(__file__).parent
SOUND = """\
import pytest
from retrain.testing import *
from tests.retrain.testing import small

@pytest.fixture(scope="module", params=["binary", "multiclass", "regression"])
def built(request, tmp_path_factory):
    return small.built(tmp_path_factory.mktemp("built"), request.param)
"""
WRONG = """\
import pytest
from retrain.testing import {name}
from tests.retrain.testing import small, wrongs

@pytest.fixture
def built(tmp_path):
    return small.built(tmp_path, **wrongs.WRONGS["{name}"])
"""


def judged(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> Ran:
    """Return what the gate finds where these are the tests of the model."""
    (folder / "tests/model").mkdir(parents=True)
    (folder / "tests/retrain").mkdir()
    shutil.copytree(ROOM, folder / "tests/retrain/testing")
    for package in ("tests", "tests/model", "tests/retrain"):
        (folder / package / "__init__.py").touch()
    hook = "from retrain.testing.only_warns import pytest_pyfunc_call\n"
    (folder / "tests/model/conftest.py").write_text(hook)
    for name, text in files.items():
        (folder / "tests/model" / name).write_text(text)
    (folder / "policy.yaml").write_text(small.POLICY.replace("PRIMARY", "log_loss"))
    run("git", "init", "-q", cwd=folder)
    monkeypatch.chdir(folder)
    found = behaviour.run("tests/model", [], ["test_it_is_calibrated_in_every_slice"])
    assert found
    return found


@pytest.mark.slow
def test_a_sound_model_of_any_task_passes_all(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = judged(tmp_path, run, monkeypatch, {"test_sound.py": SOUND})
    assert (found.passed, found.skipped, found.failed, found.warned) == (3 * len(TESTS), 0, [], [])


@pytest.mark.slow
def test_each_finds_what_is_wrong_and_the_report_shows_it(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"test_{number}.py": WRONG.format(name=name) for number, name in enumerate(TESTS)}
    found = judged(tmp_path, run, monkeypatch, files)
    assert found.passed == 0
    names = {each.partition(":")[0] for each in [*found.failed, *found.warned]}
    assert names == set(TESTS) == set(WRONGS)
    assert [each.partition(":")[0] for each in found.warned] == [
        "test_it_is_calibrated_in_every_slice"
    ]
    assert "the mean prediction is surely off for word b (mean 0.2, outcome " in found.warned[0]
    for each in found.failed:
        reasons = [f"a behaviour test fails: {each}"]
        report = as_read(states.facts(verdict=states.verdict(reasons=reasons, tests=found)))
        assert each.partition(":")[0] in report
        assert f"0 passed, 0 skipped, {len(TESTS) - 1} failed, 1 warned" in report
        assert f"Warning: {found.warned[0].partition(':')[0]}: " in report
