"""What must not break it: any number missing, any word unknown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrain.testing.built import Built
from retrain.testing.invariance import FIXED


@pytest.mark.ml_test_score("Monitor 5")
def test_any_number_may_be_missing(built: Built) -> None:
    _all_are_numbers(built, built.features.NUMERIC, np.nan, "missing")


def test_any_word_may_be_unknown(built: Built) -> None:
    _all_are_numbers(built, built.features.CATEGORICAL, "never seen", "unknown")


def _all_are_numbers(built: Built, columns: list[str], value: float | str, what: str) -> None:
    if not columns:
        pytest.skip("no feature is of this kind")
    table = built.table.head(100)

    @FIXED
    @given(st.sets(st.sampled_from(columns), min_size=1))
    def predictions_are_numbers(chosen: set[str]) -> None:
        changed = table.copy()
        changed[sorted(chosen)] = value
        names = ", ".join(sorted(chosen))
        assert np.isfinite(built.scored(changed)).all(), (
            f"with {names} {what} a prediction is not a number"
        )

    predictions_are_numbers()
