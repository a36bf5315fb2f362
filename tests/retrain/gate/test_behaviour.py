"""The model's own tests, as a gate: they pass, fail, are skipped, or cannot be run; in a copy."""

import subprocess
from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.gate import behaviour
from retrain.gate.schema import Tests as Ran  # pytest collects what is named Tests
from tests.toys.toys import FULL_POLICY


@pytest.fixture
def tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder `judged` of the repository that is the working directory."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "judged").mkdir()
    return tmp_path / "judged"


def ran(made: tuple[str, ...] = (), warns: tuple[str, ...] = ()) -> Ran:
    found = behaviour.run("judged", map(Path, made), warns)
    assert found is not None
    return found


MIXED = """
import pytest
def test_good(): print("said")
def test_noted(record_property): record_property("rain", 1)
@pytest.mark.parametrize("hour", [6, 19])
def test_hour(hour): assert hour < 12, "evening is late"
@pytest.mark.skip
def test_skipped(): assert 0
@pytest.mark.xfail
def test_expected_to_fail(): assert 0
@pytest.fixture
def broken(): raise ValueError("no model")
def test_without_a_model(broken): pass
@pytest.fixture
def untidy():
    yield
    raise ValueError("left open")
def test_that_leaves_something(untidy): pass
"""


def test_each_test_is_counted_once_and_those_that_fail_are_named(tests: Path) -> None:
    (tests / "test_a.py").write_text(MIXED)
    found = ran()
    assert (found.passed, found.skipped) == (3, 2)
    assert [each.partition(":")[0] for each in found.failed] == [
        "test_hour[19]",
        "test_without_a_model",
        "test_that_leaves_something",
    ]
    assert found.failed[0] == "test_hour[19]: AssertionError: evening is late"
    assert "no model" in found.failed[1]
    assert "left open" in found.failed[2]


def test_of_the_functions_that_only_warn_a_failure_is_a_warning(tests: Path) -> None:
    (tests / "test_a.py").write_text(MIXED)
    found = ran(warns=("test_hour", "test_without", "test_good"))
    assert found.warned == ["test_hour[19]: AssertionError: evening is late"]
    assert len(found.failed) == 2


def test_whose_policy_warns_is_the_callers(tests: Path) -> None:
    """A test that its own folder's policy lets pass with a warning fails, if the base's does not."""
    hook = "from retrain.testing.only_warns import pytest_pyfunc_call\n"
    (tests / "conftest.py").write_text(hook)
    (tests / "test_a.py").write_text("def test_dear(): raise AssertionError('it is slow')\n")
    policy = FULL_POLICY.read_text()
    (tests.parent / "policy.yaml").write_text(
        policy.replace("gate:\n", "gate:\n  warns: [test_dear]\n")
    )
    line = ["test_dear: it is slow"]
    assert ran() == Ran(passed=0, skipped=0, failed=line)
    assert ran(warns=("test_dear",)) == Ran(passed=0, skipped=0, failed=[], warned=line)


@pytest.mark.parametrize("text", ["", "def helper(): pass\n"])
def test_no_test_is_none_that_passed(tests: Path, text: str) -> None:
    (tests / "test_a.py").write_text(text)
    assert ran() == Ran(passed=0, skipped=0, failed=[])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("test_a.py", "import nothing_of_this_name\n"),
        ("test_a.py", "def test_a(:\n"),
        ("conftest.py", "import os\nos._exit(0)\n"),
        ("conftest.py", "raise SystemExit(0)\n"),
    ],
)
def test_tests_that_cannot_be_run_are_no_pass(tests: Path, name: str, text: str) -> None:
    (tests / name).write_text(text)
    with pytest.raises(UserError, match=r"^judged: pytest cannot run these tests: "):
        ran()


def test_they_see_what_git_has_or_would_take_and_what_was_made(tests: Path) -> None:
    files = {
        ".gitignore": "/models/\n/report\n/secret\n",
        "src/thing.py": "VALUE = 3\n",
        "notes.txt": "not added\n",
        "models/a/model": "made, in a folder",
        "report": "made",
        "secret": "ignored, and not made",
        "store/files": "the remote of the data",
        "judged/test_a.py": (
            "import pathlib, thing\n"
            "def test_a():\n"
            "    assert thing.VALUE == 3\n"
            "    found = sorted(p.name for p in pathlib.Path('.').iterdir())\n"
            "    assert found == ['.gitignore', 'judged', 'models', 'notes.txt', 'report', 'src']\n"
            "    assert pathlib.Path('models/a/model').read_text() == 'made, in a folder'\n"
        ),
    }
    for name, text in files.items():
        (path := tests.parent / name).parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    subprocess.run(["git", "add", "src", "store"], check=True)
    assert ran(("models", "report", "gone")) == Ran(passed=1, skipped=0, failed=[])


def test_what_they_write_reaches_nothing(tests: Path) -> None:
    (tests.parent / "model").write_text("as it was")
    (tests / "test_a.py").write_text(
        "from pathlib import Path\n"
        "def test_a():\n"
        "    Path('model').write_text('shining')\n"
        "    Path('more').touch()\n"
    )
    before = sorted(path.name for path in tests.parent.rglob("*") if ".git" not in path.parts)
    assert ran(("model",)).passed == 1
    assert (tests.parent / "model").read_text() == "as it was"
    after = sorted(path.name for path in tests.parent.rglob("*") if ".git" not in path.parts)
    assert after == before


def test_a_missing_folder_is_no_pass() -> None:
    with pytest.raises(UserError, match=r"policy.yaml: gate.behaviour: nowhere does not exist"):
        behaviour.run("nowhere", [])


def test_none_is_none() -> None:
    assert behaviour.run("none", []) is None
