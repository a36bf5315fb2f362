"""The report's first sentences: no interval without a width, and one name for a row."""

import pytest

from retrain.gate.schema import Recall
from tests.retrain.report.render.test_sentences import as_read
from tests.toys import states


@pytest.mark.parametrize(
    ("apart", "half", "words"),
    [
        (0.0, 0.0, "(2013-07), there is no difference; no group"),
        (0.0, 0.0004, "(2013-07), there is no difference; no group"),
        (0.001, 0.0001, "too small to tell from chance; no group"),
        (0.001, 0.0006, "(95 % sure it lies between 0.0 and +0.2)"),
    ],
)
def test_an_interval_of_one_number_is_none(apart: float, half: float, words: str) -> None:
    share = states.difference(0.451, apart, half, "not clear")
    recall = Recall(flagged=0.2, positives=8340, share=share)
    compared = states.comparison(states.BASE_MODEL, None, recall=recall)
    assert words in as_read(states.facts(verdict=states.verdict(base=compared, champion=compared)))


def test_rows_have_one_name() -> None:
    for state in (states.changed, states.promoted):
        report = as_read(state())
        assert "Judged on: 28,293 of the 29,425 flights" in report
        assert " rows of 2013-07" not in report
