"""Names in features.py that would stand for two columns of one table."""

import pyarrow as pa
import pytest

from pipeline import check
from retrain.errors import UserError


def test_the_shipped_names_are_different() -> None:
    check.check_names()


@pytest.mark.parametrize(
    ("names", "values", "said"),
    [
        ("NUMERIC", ["departure", "day"], "'day' would name two columns; rename it"),
        ("NUMERIC", ["outcome"], "'outcome' would name two columns"),
        ("CATEGORICAL", ["earlier"], "'earlier' would name two columns"),
        ("CATEGORICAL", ["departure"], "'departure' would name two columns"),
        ("SLICES", ["carrier", "day"], "'day' would name two columns"),
        ("SLICES", ["score_band"], "'score_band' would name two columns"),
        ("GROUPS", ["key"], "'key' would name two columns"),
        ("INPUTS", ["arr_delay"], "'arr_delay' is the outcome and one of INPUTS; take it out"),
    ],
)
def test_a_name_for_two_things_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, names: str, values: list[str], said: str
) -> None:
    fields = [(name, check.OUTCOME.type) for name in values]
    monkeypatch.setattr(check, names, pa.schema(fields) if names == "INPUTS" else values)
    with pytest.raises(UserError) as error:
        check.check_names()
    assert str(error.value).startswith("src/pipeline/features.py: ")
    assert said in str(error.value)
