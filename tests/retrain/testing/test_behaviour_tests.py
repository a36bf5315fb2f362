"""Each test of behaviour passes a sound model of any task, and finds what is wrong with another."""

import shutil
from pathlib import Path

import pytest
from sklearn.linear_model import LogisticRegression

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
    said = "\n".join(found.failed)
    assert "is not a number with number missing: set train.impute in params.yaml" in said
    assert "is not a number with word unknown: let the encoder in train.py take words" in said
    for each in found.failed:
        reasons = [f"a behaviour test fails: {each}"]
        report = as_read(states.facts(verdict=states.verdict(reasons=reasons, tests=found)))
        assert each.partition(":")[0] in report
        assert f"0 passed, 0 skipped, {len(TESTS) - 1} failed, 1 warned" in report
        assert f"Warning: {found.warned[0].partition(':')[0]}: " in report


@pytest.mark.parametrize("newest", [1, 30])
def test_a_newest_file_of_few_rows_is_no_matter(tmp_path: Path, newest: int) -> None:
    built = small.built(tmp_path, newest=newest)
    assert len(built.sample) == small.ROWS
    retrain.testing.test_a_tiny_sample_is_learned(built)
    retrain.testing.test_shuffled_outcomes_are_not_learned(built)


def test_an_outcome_that_other_inputs_decide_too_is_not_a_leak(tmp_path: Path) -> None:
    """Late is, for example, what takes longer than another column says it should."""
    late = small.built(tmp_path, outcome=lambda rows: rows["y"] | (rows["number"] > 30))
    retrain.testing.test_shuffled_outcomes_are_not_learned(late)


def test_a_linear_model_of_few_features_learns_a_tiny_sample(tmp_path: Path) -> None:
    linear = small.built(tmp_path, estimator=LogisticRegression())
    retrain.testing.test_a_tiny_sample_is_learned(linear)
    retrain.testing.test_highest_and_lowest_predictions_are_on_the_right_side(linear)


def test_the_policy_decides_whether_the_reference_is_to_be_beaten(tmp_path: Path) -> None:
    worse = small.built(tmp_path, **WRONGS["test_it_beats_the_reference"])
    path = tmp_path / "policy.yaml"
    path.write_text(path.read_text().replace("beats_reference: true", "beats_reference: false"))
    with pytest.raises(pytest.skip.Exception, match="beats_reference is false"):
        retrain.testing.test_it_beats_the_reference(worse)
