"""The ML Test Score: each standing of a row, and what is wrong in a sentence."""

from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.score import marks, results, rubric, score

TESTS = """
import pytest
@pytest.mark.ml_test_score("Data 1")
def test_passes(): pass
@pytest.mark.ml_test_score("Data 2")
def test_fails(): pass
@pytest.mark.ml_test_score("Data 3")
def test_is_skipped(): pass
@pytest.mark.ml_test_score("Data 7")
def test_warns(): pass
class TestInside:
    @pytest.mark.ml_test_score("Data 4")
    def test_does_not_run(self): pass
"""
JUNIT = """<testsuites><testsuite timestamp="2026-01-02T03:04:05">
<testcase classname="tests.test_a" name="test_passes"/>
<testcase classname="tests.test_a" name="test_fails[one]"><failure message="no"/></testcase>
<testcase classname="tests.test_a" name="test_fails[two]"/>
<testcase classname="tests.test_a" name="test_is_skipped"><skipped/></testcase>
<testcase classname="tests.test_a" name="test_warns"><properties>
<property name="warned" value="it is slow"/></properties></testcase>
<testcase classname="tests.test_gone" name="test_passes"/>
</testsuite></testsuites>"""
SAID = "manual: {Data 5: how.md}\nmissing: {Data 6: no reason}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text(TESTS)
    (tmp_path / "junit.xml").write_text(JUNIT)
    (tmp_path / "how.md").write_text("by hand\n")
    (tmp_path / "tests/score.yaml").write_text(SAID)
    return tmp_path


def counted() -> score.Score:
    return score.count(marks.read(Path("tests")), results.read().tests, score.said())


@pytest.mark.usefixtures("folder")
def test_each_row_stands_by_what_became_of_its_tests() -> None:
    found = {line.row: (line.standing, line.why) for line in counted().lines[:7]}
    assert found == {
        "Data 1": ("automated", ""),
        "Data 2": ("not counted", "1 failed"),
        "Data 3": ("not counted", "1 skipped"),
        "Data 4": ("not counted", "1 not run"),
        "Data 5": ("manual", "how.md"),
        "Data 6": ("missing", "no reason"),
        "Data 7": ("not counted", "1 failed"),
    }


@pytest.mark.usefixtures("folder")
def test_the_least_section_is_the_score() -> None:
    found = counted()
    assert found.sections == {"Data": 1.5, "Model": 0, "Infra": 0, "Monitor": 0}
    assert found.score == 0
    assert len({rubric.meaning(each) for each in (0, 1, 2, 3, 5, 7)}) == 6


def test_of_a_test_in_both_files_the_newer_result_counts(folder: Path) -> None:
    newer = JUNIT.replace("2026-01-02", "2026-01-03").replace('<failure message="no"/>', "")
    (folder / "all-junit.xml").write_text(newer)
    assert counted().lines[1].standing == "automated"


def test_without_results_it_says_what_makes_them(folder: Path) -> None:
    (folder / "junit.xml").unlink()
    with pytest.raises(UserError, match=r"no results of tests are here .*; first: make test"):
        counted()


@pytest.mark.usefixtures("folder")
def test_a_section_below_its_least_is_an_error() -> None:
    score.check(counted(), score.Said(least={"Data": 1.5}))
    with pytest.raises(UserError, match=r"Data should reach 2, and has 1\.5; look at its rows"):
        score.check(counted(), score.Said(least={"Data": 2}))


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("tests/test_a.py", '"Data 1"', '"Data 9"', "test_a.py: 'Data 9' is not a row"),
        ("tests/test_a.py", "class", "clas s", "line .* is not valid Python"),
        ("tests/score.yaml", "Data 6", "Data 8", "score.yaml: 'Data 8' is not a row"),
        ("tests/score.yaml", "Data 6", "Data 5", "Data 5 is both manual and missing"),
        ("tests/score.yaml", "Data 6", "Data 1", "tests carry Data 1; remove it there"),
        ("tests/score.yaml", "how.md", "gone.md", "gone.md does not exist"),
        ("junit.xml", "</testsuites>", "", "junit.xml: not a JUnit report"),
    ],
)
def test_a_mistake_is_one_sentence(
    folder: Path, name: str, old: str, new: str, sentence: str
) -> None:
    (folder / name).write_text((folder / name).read_text().replace(old, new))
    with pytest.raises(UserError, match=sentence):
        counted()


def test_a_test_of_the_machines_counts_where_a_file_takes_it_or_all(folder: Path) -> None:
    (folder / "tests/test_all.py").write_text("from retrain.testing import *\n")
    one = "from retrain.testing import test_prediction_equals_evaluation\n"
    (folder / "tests/test_one.py").write_text(one)
    (folder / "tests/test_other.py").write_text("from retrain.testing_of_ours import *\n")
    found = marks.read(Path("tests"))
    assert not any("test_other" in each for each in found)
    name = "test_prediction_equals_evaluation"
    assert found[f"tests.test_one::{name}"] == found[f"tests.test_all::{name}"] == {"Monitor 3"}
    assert found["tests.test_all::test_it_beats_the_reference"] == {"Model 5"}
    assert "tests.test_one::test_it_beats_the_reference" not in found
