"""The data contract: each kind of damage, and what is said of it.

One fixture passes every expectation (the real slice, and the month of the clock change), and each
case here fails one.
"""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from pipeline.features import INPUTS, OUTCOME
from pipeline.validate import parameters
from retrain.data.contract import Contract
from retrain.data.failures import Failure
from tests.conftest import ROOT

Damage = Callable[[pd.DataFrame], pd.DataFrame]
MARCH = parameters("2013-03")


def put(column: str, value: object, rows: slice = slice(4, 6)) -> Damage:
    """Return a function that puts a value into rows 4 to 6."""

    def damage(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.copy()
        frame.loc[rows, column] = value
        return frame

    return damage


def failures(contract: Contract, frame: pd.DataFrame) -> list[Failure]:
    return contract.failures(frame, "data/2013-03.parquet", MARCH)


@pytest.fixture(scope="module")
def sound(contract: Contract, small: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return 600 flights that keep the contract."""
    frame = small["2013-03"].iloc[:600]
    assert failures(contract, frame) == []
    return frame


@pytest.mark.ml_test_score("Data 1")
def test_real_months_keep_the_contract(contract: Contract, small: dict[str, pd.DataFrame]) -> None:
    for month, frame in small.items():
        assert contract.failures(frame, month, parameters(month)) == []


@pytest.mark.ml_test_score("Data 1")
def test_the_contract_and_the_code_name_the_same_columns() -> None:
    suite = json.loads((ROOT / "expectations/data.json").read_text())
    by_type = {each["type"]: each["kwargs"] for each in suite["expectations"]}
    named = by_type["expect_table_columns_to_match_set"]["column_set"]
    assert set(named) == {*INPUTS.names, OUTCOME.name}
    typed = {
        each["kwargs"]["column"]
        for each in suite["expectations"]
        if each["type"].endswith("of_type")
    }
    assert typed == set(named)


def test_every_expectation_has_severity_description_and_remedy() -> None:
    suite = json.loads((ROOT / "expectations/data.json").read_text())
    for each in suite["expectations"]:
        assert each["severity"] in ("critical", "warning")
        assert each["description"]
        assert each["meta"]["remedy"]


@pytest.mark.ml_test_score("Data 1")
@pytest.mark.parametrize(
    ("damage", "severity", "column", "found"),
    [
        (put("temp", np.inf), "critical", "temp", "3 of 600 rows otherwise, such as inf"),
        (put("temp", -np.inf), "critical", "temp", "3 of 600 rows otherwise, such as -inf"),
        (put("origin", "PHL"), "critical", "origin", "3 of 600 rows otherwise, such as 'PHL'"),
        (put("carrier", "ZZ"), "warning", "carrier", "3 of 600 rows otherwise, such as 'ZZ'"),
        (put("dest", "jfk"), "critical", "dest", "3 of 600 rows otherwise, such as 'jfk'"),
        (put("origin", None), "critical", "origin", "3 of 600 rows otherwise"),
        (put("month", 4), "critical", "month", "3 of 600 rows otherwise, such as 4"),
        (lambda frame: frame.assign(time_hour=frame["time_hour"] - pd.Timedelta(days=365)), "critical", "time_hour", "600 of 600 rows otherwise"),
        (put("year", 2012), "critical", "year", "3 of 600 rows otherwise, such as 2012"),
        (put("hour", 24), "critical", "hour", "3 of 600 rows otherwise, such as 24"),
        (put("temp", np.nan, slice(0, 49)), "warning", "temp", "50 of 600 rows otherwise"),
        (put("plane_year", 1900.0), "warning", "plane_year", "3 of 600 rows otherwise"),
        (put("arr_delay", 10.0, slice(None)), "critical", "arr_delay", "'values': [10.0, 10.0]"),
        (put("arr_delay", 90.0, slice(None)), "critical", "arr_delay", "'values': [90.0, 90.0]"),
        (lambda frame: frame.drop(columns="temp"), "critical", "", "missing temp"),
        (lambda frame: frame.assign(gate=1), "critical", "", "unknown gate"),
        (lambda frame: frame.rename(columns={"temp": "t"}), "critical", "", "missing temp and unknown t"),
        (lambda frame: frame.assign(temp=frame["temp"].astype(str)), "critical", "temp", "type str"),
        (lambda frame: frame.assign(hour=frame["hour"] / 1), "critical", "hour", "type float64"),
        (lambda frame: pd.concat([frame, frame[:2]], ignore_index=True), "critical", "time_hour, carrier, flight, origin", "4 of 602 rows otherwise"),
        (lambda frame: frame.iloc[:100], "critical", "", "100"),
    ],
)  # fmt: skip
def test_one_damage_is_one_failure(
    contract: Contract,
    sound: pd.DataFrame,
    damage: Damage,
    severity: str,
    column: str,
    found: str,
) -> None:
    (failure,) = failures(contract, damage(sound))
    assert (failure.severity, failure.column) == (severity, column)
    assert found in failure.found
    sentence = failure.sentence()
    assert sentence.startswith("data/2013-03.parquet")
    assert repr(column) in sentence or not column
    assert sentence.endswith(failure.remedy)


def test_an_empty_month_fails(contract: Contract, small: dict[str, pd.DataFrame]) -> None:
    found = failures(contract, small["2013-03"].iloc[:0])
    assert "holds 20,000 to 40,000 flights" in [failure.expected for failure in found]


def test_too_much_missing_is_first_a_warning_and_then_critical(
    contract: Contract, small: dict[str, pd.DataFrame]
) -> None:
    frame = small["2013-03"].iloc[:600]
    found = failures(contract, put("temp", np.nan, slice(0, 300))(frame))
    assert [failure.severity for failure in found] == ["critical", "warning"]


def test_up_to_five_offending_rows_are_shown_by_key(
    contract: Contract, small: dict[str, pd.DataFrame]
) -> None:
    frame = small["2013-03"]
    (failure,) = failures(contract, put("origin", "PHL", slice(10, 30))(frame))
    assert [row["row"] for row in failure.rows] == ["10", "11", "12", "13", "14"]
    assert list(failure.rows[0]) == ["row", "time_hour", "carrier", "flight", "origin"]
    assert failure.rows[0]["origin"] == "PHL"


def test_the_hour_that_occurs_twice_is_no_duplicate(
    contract: Contract, clock_change: pd.DataFrame
) -> None:
    november = parameters("2013-11")
    assert contract.failures(clock_change, "2013-11", november) == []
    same = clock_change.assign(
        time_hour=clock_change["time_hour"].where(
            clock_change["hour"] != 1, clock_change["time_hour"].iloc[-1]
        )
    )
    (failure,) = contract.failures(same, "2013-11", november)
    assert failure.found == "2 of 582 rows otherwise"
