"""What must not matter: the order of rows, a row's company, a column's type, an identifier."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrain.metrics.functions import Floats
from retrain.testing.built import Built

# a product of matrices adds up in another order for another number of rows
SAME = 1e-9
# the verdict is the same whenever it is made: the same examples, and none of an earlier run
FIXED = settings(
    max_examples=20, derandomize=True, database=None, deadline=None, report_multiple_bugs=False
)


def moved(found: Floats, expected: Floats) -> float:
    """Return the largest difference, of numbers above 1 as a part of the largest."""
    return float(np.abs(found - expected).max() / max(1.0, np.abs(expected).max()))


@pytest.mark.ml_test_score("Data 7")
def test_order_and_company_of_rows_do_not_matter(built: Built) -> None:
    rows, expected = built.rows, built.scores

    @FIXED
    @given(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=50, unique=True))
    def some_rows_have_the_same_predictions(chosen: list[int]) -> None:
        found = built.scored(built.featured(rows.iloc[chosen]))
        most = moved(found, expected[chosen])
        assert most < SAME, (
            f"a prediction moves by {most:.2g} with the rows beside it: features.py reads more "
            "than the row itself"
        )

    some_rows_have_the_same_predictions()


@pytest.mark.ml_test_score("Data 7")
def test_a_columns_type_does_not_matter(built: Built) -> None:
    inputs = built.features.INPUTS
    kinds = {
        field.name: "float64" if pa.types.is_integer(field.type) else "object"
        for field in inputs
        if pa.types.is_integer(field.type) or pa.types.is_string(field.type)
    }
    for name, kind in kinds.items():
        other = built.rows.assign(**{name: built.rows[name].astype(kind)})
        most = moved(built.scored(built.featured(other)), built.scores)
        assert most == 0, (
            f"with {name} as {kind} a prediction moves by {most:.2g}; convert it in features.py"
        )


def test_an_identifier_does_not_matter(built: Built) -> None:
    if not built.identifiers:
        pytest.skip("tests/model/conftest.py names no identifiers")
    for name in built.identifiers:
        swapped = built.rows[name].to_numpy()[::-1]
        shift = built.shift({name: pd.Series(swapped, built.rows.index)})
        most = float(shift.abs().to_numpy().max())
        assert most == 0, (
            f"another row's {name} moves a prediction by {most:.2g}; take it out of the features"
        )
