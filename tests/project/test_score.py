"""The ML Test Score of this repository does not drop, and docs/score.md shows it.

The table is written anew by: GOLDEN=1 pytest tests/project/test_score.py. Read the diff.
"""

import os
from pathlib import Path

import pytest

from retrain.score import marks, score, show
from tests.conftest import ROOT

PAGE = ROOT / "docs/score.md"
BEGIN = "## The template's own score\n\n"


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> score.Score:
    """Return the score where every test passes."""
    monkeypatch.chdir(ROOT)
    carried = marks.read(Path("tests"))
    return score.count(carried, dict.fromkeys(carried, "passed"), score.said())


@pytest.mark.smoke
def test_it_does_not_drop(found: score.Score) -> None:
    least = score.said().least
    assert least.keys() == found.sections.keys()
    assert {name: points for name, points in found.sections.items() if points < least[name]} == {}


@pytest.mark.smoke
def test_the_page_shows_it(found: score.Score) -> None:
    before = PAGE.read_text("utf-8").partition(BEGIN)[0]
    said = f"Score: {show.figure(found.score)}\n\n{show.markdown(found)}"
    if os.environ.get("GOLDEN"):
        PAGE.write_text(f"{before}{BEGIN}{said}", "utf-8")
    assert PAGE.read_text("utf-8") == f"{before}{BEGIN}{said}"


@pytest.mark.smoke
def test_the_readme_shows_it(found: score.Score) -> None:
    sections = ", ".join(f"{name} {show.figure(each)}" for name, each in found.sections.items())
    said = f"of this template is {show.figure(found.score)}: {sections} of 7;"
    assert said in (ROOT / "README.md").read_text("utf-8")
