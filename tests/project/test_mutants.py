"""The mutants of `make mutants`, and what runs them: a mistake that no test sees ends red."""

import ast
from pathlib import Path

import pytest

from benchmarks.mutants import runner, table
from benchmarks.mutants.__main__ import show
from benchmarks.mutants.table import Mutant
from retrain.errors import UserError
from tests.conftest import ROOT, Run

MUTANTS = table.read()
TEST = "from adding import add\n\ndef test_a_sum(): assert add(0, 2) == 2\n"
TURNED = Mutant(
    "toy", "turned", "takes one from the other", "src/adding.py", "a + b", "a - b", ["tests"]
)
DOUBLED = Mutant(
    "toy", "doubled", "adds one twice", "src/adding.py", "a + b", "2 * a + b", ["tests"]
)


@pytest.fixture
def adding(tmp_path: Path, run: Run) -> Path:
    """Return a repository of one function and its test."""
    folder = tmp_path / "adding"
    for name, text in {
        "src/adding.py": "def add(a, b):\n    return a + b\n",
        "tests/test_adding.py": TEST,
    }.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    assert run("git", "init", "-q", cwd=folder).returncode == 0
    return folder


@pytest.mark.smoke
def test_every_mutant_fits_the_code_as_it_is_now() -> None:
    for mutant in MUTANTS:
        ast.parse(mutant.changed(ROOT))
        assert mutant.old != mutant.new, mutant.name
        assert mutant.tests, mutant.name
        assert [name for name in mutant.tests if not (ROOT / name).exists()] == [], mutant.name


def test_there_are_many_and_each_has_a_name_of_its_own() -> None:
    assert len({each.name for each in MUTANTS}) == len(MUTANTS) >= 30
    assert sum(each.build for each in MUTANTS) >= 5


def test_who_catches_a_mutant_is_listed_and_a_survivor_ends_red(
    adding: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    found = runner.run([TURNED, DOUBLED], 2, said.append, adding)
    assert [each.caught for each in found] == [["test_a_sum"], []]
    assert "2 of 2: " in said[-1]
    assert (adding / "src/adding.py").read_text().endswith("a + b\n")
    with pytest.raises(UserError, match=r"^no test sees: doubled; write one for each$"):
        show(found, 1)
    assert "1 of 2 mutants caught" in capsys.readouterr().out
    show(found[:1], 1)


@pytest.mark.parametrize(("text", "number"), [("a * b", 0), ("a", 3)])
def test_a_text_that_is_not_there_or_not_once_is_an_error(
    adding: Path, text: str, number: int
) -> None:
    stale = Mutant("toy", "stale", "is of another time", "src/adding.py", text, "b", ["tests"])
    with pytest.raises(UserError, match=f"'stale': its text is {number} times in src/adding.py"):
        runner.run([stale], 1, print, adding)


def test_tests_that_fail_anyway_or_cannot_run_catch_nothing(adding: Path) -> None:
    (adding / "tests/test_adding.py").write_text(TEST.replace("== 2", "== 3"))
    with pytest.raises(UserError, match="test_a_sum fails without a mutant"):
        runner.run([TURNED], 1, print, adding)
    (adding / "tests/test_adding.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(UserError, match="its tests cannot run"):
        runner.run([TURNED], 1, print, adding)
