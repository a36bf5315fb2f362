"""Features: what they are, that each row is looked at alone, and the hour that occurs twice."""

import numpy as np
import pandas as pd
import pytest

from pipeline import features as f
from retrain.errors import UserError


@pytest.mark.ml_test_score("Data 7")
def test_features_have_the_documented_columns_and_units(small: dict[str, pd.DataFrame]) -> None:
    flights = small["2013-01"]
    table = f.features(flights)
    assert list(table) == f.CATEGORICAL + f.NUMERIC
    assert (table[f.NUMERIC].dtypes == "float64").all()
    row, flight = table.iloc[7], flights.iloc[7]
    assert row["departure"] == flight["hour"] * 60 + flight["minute"]
    assert row["plane_age"] == 2013 - flight["plane_year"]
    date = pd.Timestamp(flight["year"], flight["month"], flight["day"])
    assert row["weekday"] == date.weekday()


def test_a_batch_of_any_size_has_the_same_features(small: dict[str, pd.DataFrame]) -> None:
    flights = small["2013-02"]
    whole = f.features(flights)
    single = pd.concat([f.features(flights.iloc[[row]]) for row in range(20)])
    pd.testing.assert_frame_equal(single, whole.iloc[:20])


@pytest.mark.ml_test_score("Data 4")
def test_no_feature_knows_the_outcome(small: dict[str, pd.DataFrame]) -> None:
    flights = small["2013-03"]
    other = flights.assign(arr_delay=-flights["arr_delay"])
    pd.testing.assert_frame_equal(f.features(flights), f.features(other))
    assert "arr_delay" not in f.INPUTS.names


@pytest.mark.ml_test_score("Data 7")
@pytest.mark.ml_test_score("Monitor 5")
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_number_is_refused_by_column(
    small: dict[str, pd.DataFrame], value: float
) -> None:
    flights = small["2013-01"].copy()
    flights.loc[3, "temp"] = value
    with pytest.raises(UserError, match="column 'temp' holds an infinite number; leave"):
        f.features(flights)


def test_an_unknown_number_is_nan(small: dict[str, pd.DataFrame]) -> None:
    flights = small["2013-01"].copy()
    flights.loc[3, "temp"] = np.nan
    assert np.isnan(f.features(flights).loc[3, "temp"])


def test_a_day_that_does_not_exist_is_refused(small: dict[str, pd.DataFrame]) -> None:
    flights = small["2013-02"].assign(day=30)
    with pytest.raises(UserError, match="2013-2-30: no date"):
        f.keys(flights)


def test_keys_are_unique_and_days_are_local(small: dict[str, pd.DataFrame]) -> None:
    flights = small["2013-01"]
    keys = f.keys(flights)
    assert keys["key"].is_unique
    assert keys["day"].min() == "2013-01-01"
    assert keys["day"].max() == "2013-01-31"  # though 23:00 local is February in UTC
    assert keys["key"].iloc[0].split() == [
        "2013-01-01T10",
        *map(str, flights.loc[0, ["carrier", "flight", "origin"]]),
    ]


def test_the_hour_that_occurs_twice_gives_two_keys(clock_change: pd.DataFrame) -> None:
    assert f.keys(clock_change)["key"].is_unique
    assert clock_change.duplicated(["year", "month", "day", "hour", "carrier", "flight"]).any()


def test_late_is_more_than_the_threshold() -> None:
    flights = pd.DataFrame({"arr_delay": [14.0, 15.0, 16.0]})
    assert f.outcome(flights, f.Settings(late_after=15)).tolist() == [False, False, True]


@pytest.mark.ml_test_score("Data 7")
def test_hour_of_day_and_slices() -> None:
    table = pd.DataFrame(
        {"departure": [0.0, 719, 720, 1019, 1020, 1439], "carrier": "AA", "origin": "JFK"}
    )
    assert f.hour_of_day(table).tolist() == [0, 11, 12, 16, 17, 23]
    parts = f.slice_columns(table)
    assert parts["part_of_day"].tolist() == ["morning"] * 2 + ["afternoon"] * 2 + ["evening"] * 2
    assert list(parts) == ["carrier", "origin", "part_of_day"]
