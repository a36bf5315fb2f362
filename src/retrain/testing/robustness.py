"""What must not break it: any number missing, any word unknown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrain.testing.built import Built
from retrain.testing.invariance import FIXED


@pytest.mark.ml_test_score("Monitor 5")
def test_any_number_may_be_missing(built: Built) -> None:
    remedy = "set train.impute in params.yaml, or an estimator that takes missing numbers"
    _all_are_numbers(built, built.features.NUMERIC, np.nan, f"missing: {remedy}")


def test_any_word_may_be_unknown(built: Built) -> None:
    remedy = "let the encoder in train.py take words that it has not learned"
    _all_are_numbers(built, built.features.CATEGORICAL, "never seen", f"unknown: {remedy}")


def _all_are_numbers(built: Built, columns: list[str], value: float | str, what: str) -> None:
    if not columns:
        pytest.skip("no feature is of this kind")
    table = built.table.head(100)

    @FIXED
    @given(st.sets(st.sampled_from(columns), min_size=1))
    def predictions_are_numbers(chosen: set[str]) -> None:
        changed = table.copy()
        changed[sorted(chosen)] = value
        try:
            found = built.scored(changed)
        except ValueError:  # of scikit-learn
            found = np.array([np.nan])
        names = ", ".join(sorted(chosen))
        assert np.isfinite(found).all(), f"a prediction is not a number with {names} {what}"

    predictions_are_numbers()
