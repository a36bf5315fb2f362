"""What is wrong in any season is an alarm each time, and a season is none."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from retrain.monitoring.schema import Alarm
from tests.retrain.monitoring.conftest import month

Found = Callable[[pd.DataFrame], list[Alarm]]
Change = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.mark.parametrize("number", range(6, 13))
def test_a_season_is_no_alarm(found: Found, number: int) -> None:
    assert found(month(number)) == []


SHIFTS: list[tuple[str, str, Change]] = [
    ("place", "vanished", lambda frame: frame[frame["place"] != "west"]),
    ("place", "new", lambda frame: frame.replace({"place": {"north": "north-2"}})),
    ("place", "constant", lambda frame: frame.assign(place="south")),
    ("place", "missing", lambda frame: frame.assign(place=None)),
    ("heat", "constant", lambda frame: frame.assign(heat=55.0)),
    ("heat", "missing", lambda frame: frame.assign(heat=np.nan)),
    ("heat", "outside", lambda frame: frame.assign(heat=frame["heat"] * 10)),
    ("heat", "unexplained", lambda frame: frame.assign(heat=(frame["heat"] - 32) / 1.8)),
    ("length", "unexplained", lambda frame: frame.assign(length=frame["length"] * 1.609)),
]


@pytest.mark.parametrize("number", [6, 9, 12])
@pytest.mark.parametrize(("feature", "check", "change"), SHIFTS)
def test_a_shift_is_an_alarm_that_names_its_feature(
    found: Found, feature: str, check: str, change: Change, number: int
) -> None:
    alarms = found(change(month(number)).reset_index(drop=True))
    named = {(each.feature, each.check) for each in alarms}
    assert (feature, check) in named
    assert all(each.kind == "integrity" for each in alarms)
    assert all(each.what.startswith(each.feature) for each in alarms)


def test_of_features_that_explain_each_other_the_other_is_named_too(found: Found) -> None:
    frame = month(7)
    alarms = found(frame.assign(heat=(frame["heat"] - 32) / 1.8))
    by_name = {each.feature: each.what for each in alarms if each.check == "unexplained"}
    assert "its unit may have changed, or that of damp" in by_name["heat"]
    assert "length" not in by_name


def test_few_rows_of_a_new_category_are_none(found: Found) -> None:
    frame = month(6)
    frame.loc[:2, "place"] = "east"
    assert found(frame) == []
    frame.loc[:9, "place"] = "east"
    (alarm,) = found(frame)
    assert alarm.what == "place: 0.50% of rows have 'east', not seen in training"
