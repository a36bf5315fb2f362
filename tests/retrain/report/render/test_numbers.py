"""Numbers as a person reads them."""

import pytest

from retrain.gate.schema import Effect
from retrain.report.render.numbers import (
    count,
    effect,
    figure,
    interval,
    of_100,
    percent,
    seconds,
    signed,
    typeset,
)
from tests.toys import states


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.52581, "0.5258"),
        (-0.5, "\u22120.5000"),
        (None, "\u2013"),
        (1e300, "1e+300"),
        (12345678.9, "1.23e+07"),
    ],
)
def test_a_figure_has_four_digits(value: float | None, shown: str) -> None:
    assert figure(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.00124, "+0.0012"), (-0.00126, "\u22120.0013"), (-0.00001, "0.0000"), (0, "0.0000")],
)
def test_a_difference_has_a_sign_unless_it_is_nothing(value: float, shown: str) -> None:
    assert signed(value) == shown


def test_other_numbers_are_readable() -> None:
    assert interval(-0.0012, 0.0034) == "\u22120.0012\u00a0…\u00a0+0.0034"
    assert interval(None, 0.1) == "\u2013"
    assert (of_100(0.4512), percent(0.2), percent(0.125)) == ("45.1", "20\u00a0%", "12.5\u00a0%")
    assert (count(1, "row"), count(1200, "row"), count(0, "row")) == (
        "1 row",
        "1,200 rows",
        "0 rows",
    )
    assert (seconds(7.31), seconds(125.4)) == ("7.3\u00a0s", "2\u00a0min\u00a05\u00a0s")


@pytest.mark.parametrize(
    ("found", "likely", "shown"),
    [
        ("surely better", 0.99, "surely better"),
        ("likely better", 0.974, "likely better (about 9 in 10)"),
        ("likely better", 0.9, "likely better (about 9 in 10)"),
        ("likely better", 0.8999, "likely better (about 8 in 10)"),
        ("likely better", 0.8, "likely better (about 8 in 10)"),
        ("not clear", 0.79, "not clear"),
        ("likely worse", 0.2, "likely worse (about 8 in 10)"),
        ("likely worse", 0.1, "likely worse (about 9 in 10)"),
        ("surely worse", 0.01, "surely worse"),
        ("undefined", None, "undefined"),
    ],
)
def test_what_is_likely_is_shown_as_chances(
    found: Effect, likely: float | None, shown: str
) -> None:
    some = states.difference(0.5, 0.1, 0.1, "not clear")
    assert effect(some.model_copy(update={"effect": found, "likely": likely})) == shown


def test_a_sentence_is_typeset() -> None:
    assert typeset("a change of -0.5 (95% sure), x-3") == (
        "a change of \u22120.5 (95\u00a0% sure), x-3"
    )
