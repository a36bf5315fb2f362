"""The ML Test Score of a repository: its rows, each automated, manual or missing, and why."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from retrain.errors import UserError, within
from retrain.score import rubric
from retrain.score.marks import Marks
from retrain.score.results import WORST, State
from retrain.score.rubric import ROWS, SECTIONS
from retrain.settings import Section, read

FILE = Path("tests/score.yaml")

Standing = Literal["automated", "not counted", "manual", "missing"]
POINTS: dict[Standing, float] = {"automated": 1, "not counted": 0, "manual": 0.5, "missing": 0}

Text = Annotated[str, Field(min_length=1)]


class Said(Section):
    """What people say of rows that no test carries: the file tests/score.yaml."""

    least: dict[Literal["Data", "Model", "Infra", "Monitor"], float] = Field(default_factory=dict)
    manual: dict[str, Text] = Field(default_factory=dict)  # its document, which says how
    missing: dict[str, Text] = Field(default_factory=dict)  # the reason


@dataclass(frozen=True)
class Line:
    """A row of the rubric, and what is known of it."""

    row: str
    says: str
    standing: Standing
    why: str  # of what is not automated
    tests: dict[str, str]  # what became of each test

    @property
    def points(self) -> float:
        return POINTS[self.standing]


@dataclass(frozen=True)
class Score:
    lines: list[Line]

    @property
    def sections(self) -> dict[str, float]:
        return {
            name: sum(line.points for line in self.lines if rubric.section(line.row) == name)
            for name in SECTIONS
        }

    @property
    def score(self) -> float:
        return min(self.sections.values())


def said(path: Path = FILE) -> Said:
    """Return what tests/score.yaml says, if it is there.

    Raises:
        UserError: if it names a row or a document that does not exist, or a row twice.
    """
    if not path.exists():
        return Said()
    found = read(path, Said)
    with within(path):
        for row in (*found.manual, *found.missing):
            rubric.known(row)
        if twice := found.manual.keys() & found.missing.keys():
            raise UserError(f"{min(twice)} is both manual and missing; remove one")
        for row, document in found.manual.items():
            if not Path(document.partition("#")[0]).is_file():
                raise UserError(f"manual: {row}: {document} does not exist; correct its path")
    return found


def count(marks: Marks, results: Mapping[str, State], people: Said) -> Score:
    """Return the score by the marks in the sources, and by what became of these tests."""
    tests: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name in sorted(marks):
        for row in marks[name]:
            tests[row][name] = results.get(name, "not run")
    return Score([_line(row, tests.get(row, {}), people) for row in ROWS])


def check(found: Score, people: Said) -> None:
    """Raise a `UserError` if a section has less than tests/score.yaml asks for."""
    for name, least in people.least.items():
        if (points := found.sections[name]) < least:
            raise UserError(
                f"{FILE}: {name} should reach {least:g}, and has {points:g}; look at its rows"
            )


def _line(row: str, tests: dict[str, str], people: Said) -> Line:
    if tests:
        if row in (*people.manual, *people.missing):
            raise UserError(f"{FILE}: tests carry {row}; remove it there")
        parts = {state: sum(each == state for each in tests.values()) for state in WORST[:-1]}
        why = ", ".join(f"{number} {state}" for state, number in parts.items() if number)
        return Line(row, ROWS[row], "not counted" if why else "automated", why, tests)
    if row in people.manual:
        return Line(row, ROWS[row], "manual", people.manual[row], {})
    return Line(row, ROWS[row], "missing", people.missing.get(row, "no test carries it"), {})
