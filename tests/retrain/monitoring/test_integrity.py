"""What is wrong in any season is an alarm each time, and a season is none."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from retrain.monitoring.schema import Alarm
from tests.retrain.monitoring.conftest import alarms, month, write

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


@pytest.mark.parametrize("side", [-1, 1])
def test_a_little_outside_of_the_range_of_training_is_none(found: Found, side: int) -> None:
    heat = pd.concat(map(month, range(1, 6)))["heat"]
    end = heat.min() if side < 0 else heat.max()
    frame = month(6)
    for share, checks in ((0.2, set()), (0.3, {"outside"})):
        frame.loc[:99, "heat"] = end + side * share * (heat.max() - heat.min())
        assert {each.check for each in found(frame)} - {"unexplained"} == checks


def test_what_was_nearly_always_one_value_may_be_it_always(tmp_path: Path) -> None:
    frames = [frame.assign(length=frame["length"].mask(frame["place"] != "west", 0.0))
              for frame in map(month, range(1, 7))]  # fmt: skip
    learned = [write(tmp_path / f"{at}.parquet", frame) for at, frame in enumerate(frames)]
    now = write(tmp_path / "now.parquet", frames[-1].assign(length=0.0))
    assert "constant" not in {each.check for each in alarms(learned, now)}


def test_a_sensor_that_is_stuck_from_the_second_file_of_a_log_on_is_constant(
    learned: list[Path], tmp_path: Path
) -> None:
    frame = month(6)
    parts = [frame[:50], frame[50:].assign(heat=55.0)]
    log = [write(tmp_path / f"{number}.parquet", part) for number, part in enumerate(parts)]
    found = alarms(learned, *log)
    assert ("heat", "constant") in {(each.feature, each.check) for each in found}


def test_few_rows_of_a_new_category_are_none(found: Found) -> None:
    frame = month(6)
    frame.loc[:2, "place"] = "east"
    assert found(frame) == []
    frame.loc[:9, "place"] = "east"
    (alarm,) = found(frame)
    assert alarm.what == "place: 0.50% of rows have 'east', not seen in training"
