"""Which rows train and which judge: in words and back, and of a hash, for ever."""

import numpy as np
import pandas as pd
import pytest

from retrain.data import windows
from retrain.data.windows import Period, Share, share
from retrain.errors import UserError


@pytest.mark.parametrize(
    "window",
    [
        Period("2013-01", "2013-05"),
        Period("2013-06", "2013-06"),
        Period("2013-W05", "2013-W09"),
        Share("key", 0, 0.8),
        Share("a customer, of 2013", 0.8, 1),
    ],
    ids=str,
)
def test_words_are_read_again(window: windows.Window) -> None:
    assert windows.read(str(window)) == window


def test_a_period_holds_whole_partitions() -> None:
    rows = pd.DataFrame({"partition": ["2013-01", "2013-02", "2013-03"]})
    assert Period("2013-02", "2013-03").holds(rows).tolist() == [False, True, True]
    assert Period("2013-02", "2013-03").partitions(["2013-01", "2013-02"]) == ["2013-02"]


@pytest.mark.parametrize(
    ("names", "held"),
    [
        (["2013-04-30", "2013-05-01", "2013-05-15", "2013-06-01"], [False, True, True, False]),
        (["2013-W17", "2013-W18", "2013-W22", "2013-W23"], [False, True, True, False]),
    ],
)
def test_months_that_have_become_weeks_or_days_are_held_all_the_same(
    names: list[str], held: list[bool]
) -> None:
    assert Period("2013-05", "2013-05").holds(pd.DataFrame({"partition": names})).tolist() == held


def test_a_file_without_a_time_cannot_be_held_by_a_period() -> None:
    with pytest.raises(UserError, match=r"2013-05, and all.parquet has no time in its name"):
        Period("2013-05", "2013-05").holds(pd.DataFrame({"partition": ["all"]}))


def test_a_share_is_as_large_as_it_says_and_every_row_is_on_one_side() -> None:
    rows = pd.DataFrame({"customer": [f"customer {number}" for number in range(20_000)]})
    train, test = (
        each.holds(rows) for each in (Share("customer", 0, 0.8), Share("customer", 0.8, 1))
    )
    assert np.array_equal(train, ~test)
    assert train.mean() == pytest.approx(0.8, abs=0.01)
    twice = pd.concat([rows, rows], ignore_index=True)
    assert np.array_equal(Share("customer", 0, 0.8).holds(twice), np.tile(train, 2))


def test_a_hash_is_the_same_on_every_machine_and_for_ever() -> None:
    assert share("2013-06-01T09 AA 701 JFK") == pytest.approx(0.93100, abs=1e-5)
    assert share("") == pytest.approx(0.88942, abs=1e-5)
