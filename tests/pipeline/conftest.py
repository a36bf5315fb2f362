"""What the tests of the pipeline share."""

import pandas as pd
import pytest

from retrain.data.contract import Contract


@pytest.fixture
def clock_change(small: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return November rows with one flight in each of the two hours called one o'clock."""
    rows = small["2013-01"].assign(month=11)
    shift = pd.Timestamp("2013-11-01") - pd.Timestamp("2013-01-01")
    rows["time_hour"] += shift
    twice = rows.iloc[[0, 0]].assign(day=3, hour=1, minute=30)
    twice["time_hour"] = pd.to_datetime(["2013-11-03T05:00Z", "2013-11-03T06:00Z"]).as_unit("ms")
    november = pd.concat([rows[rows["day"] < 31], twice], ignore_index=True)
    numbers = dict.fromkeys(["month", "day", "hour", "minute"], "int16")
    return november.astype({**numbers, "time_hour": "datetime64[ms, UTC]"})


@pytest.fixture(scope="session")
def contract(small_suite) -> Contract:
    return Contract(small_suite)
