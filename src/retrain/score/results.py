"""What became of tests that carry rows, by the JUnit files of `make test` and `make test-all`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from xml.etree import ElementTree

from retrain.errors import UserError
from retrain.junit import faults, is_skipped

FILES = ("junit.xml", "all-junit.xml")  # of `make test` and `make test-all`: Makefile

State = Literal["failed", "skipped", "not run", "passed"]  # the worst first
WORST: tuple[State, ...] = get_args(State)


@dataclass
class Results:
    tests: dict[str, State]  # what became of each, with all its parameters
    files: dict[str, str]  # when each was written, local


def read(names: Iterable[str] = FILES) -> Results:
    """Return the results in the files that are there; of a test in both, the newer one.

    Raises:
        UserError: if there is none, or one is not a JUnit report.
    """
    reports = [(path, _parsed(path)) for path in map(Path, names) if path.is_file()]
    if not reports:
        raise UserError(f"no results of tests are here ({', '.join(names)}); first: make test")
    reports.sort(key=lambda report: _written(report[1]))
    made = Results({}, {})
    for path, report in reports:
        made.files[str(path)] = _written(report)[:16].replace("T", " ")
        made.tests |= _tests(report.iter("testcase"))
    return made


def _parsed(path: Path) -> ElementTree.Element:
    try:
        return ElementTree.parse(path).getroot()  # noqa: S314 (pytest's own)
    except ElementTree.ParseError as error:
        raise UserError(
            f"{path}: not a JUnit report ({error}); write it again with: make test"
        ) from None


def _written(report: ElementTree.Element) -> str:
    return next((suite.get("timestamp", "") for suite in report.iter("testsuite")), "")


def _tests(cases: Iterable[ElementTree.Element]) -> dict[str, State]:
    made: dict[str, State] = {}
    for case in cases:
        name = re.sub(r"\[.*", "", case.get("name", ""), flags=re.DOTALL)
        place = f"{case.get('classname')}::{name}"
        made[place] = min(made.get(place, "passed"), _state(case), key=WORST.index)
    return made


def _state(case: ElementTree.Element) -> State:
    if faults(case):
        return "failed"
    return "skipped" if is_skipped(case) else "passed"
