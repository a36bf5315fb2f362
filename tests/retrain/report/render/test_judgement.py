"""What stands beside the verdict: which rows judge, by whose code, and the tests of behaviour."""

import pytest

from retrain.gate.schema import Rows
from retrain.gate.schema import Tests as Ran  # pytest collects what is named Tests
from tests.retrain.report.render.test_sentences import as_read
from tests.toys import states


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (
            Rows(defined_by="base", total=29425, unknown=1132),
            "Judged on: 28,293 of the 29,425 flights of 2013-07; 1,132 have no outcome Behaviour",
        ),
        (
            Rows(defined_by="base", total=29425, unknown=0),
            "Judged on: 29,425 flights of 2013-07 Behaviour",
        ),
        (
            Rows(defined_by="this run", total=29425, unknown=0),
            "Judged on: 29,425 flights of 2013-07. This run's own code says which these are Beh",
        ),
    ],
)
def test_which_rows_judge_and_whose_code_says_so_is_shown(rows: Rows, line: str) -> None:
    assert line in as_read(states.facts(verdict=states.verdict(rows=rows)))


def test_where_the_window_is_not_known_its_rows_are() -> None:
    text = as_read(states.facts(windows=None))
    assert "Judged on: 28,293 of the 29,425 flights; 1,132 have no outcome" in text


def test_what_was_not_judged_or_not_tested_is_not_shown() -> None:
    text = as_read(states.facts(verdict=states.verdict(rows=None, tests=None)))
    assert "Judged on" not in text
    assert "Behaviour tests" not in text


def test_the_tests_of_behaviour_are_counted() -> None:
    ran = Ran(passed=1200, skipped=0, failed=["test_a: wet", "test_b: dry"])
    text = as_read(states.facts(verdict=states.verdict(tests=ran)))
    assert "Behaviour tests: 1,200 passed, 0 skipped, 2 failed" in text


def test_rows_that_a_model_has_learned_from_are_counted_with_the_table() -> None:
    text = as_read(states.promoted())
    assert "Compared on 27,900 flights in 31 blocks. Left out: 393 that one of the models" in text
    assert "Left out" not in as_read(states.facts())
