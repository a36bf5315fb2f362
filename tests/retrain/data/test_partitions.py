"""The monthly files: which count, and what is said of those that cannot be read."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retrain.data import partitions
from retrain.errors import UserError


def touch(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder


def test_months_are_sorted_and_dot_files_ignored(tmp_path: Path) -> None:
    folder = touch(tmp_path, "2013-02.parquet", "2013-01.parquet", ".2013-03.parquet.x.tmp")
    assert partitions.names(folder) == ["2013-01", "2013-02"]
    assert partitions.paths(folder) == [folder / "2013-01.parquet", folder / "2013-02.parquet"]


def test_months_go_on_over_new_year(tmp_path: Path) -> None:
    assert partitions.names(touch(tmp_path, "2013-12.parquet", "2014-01.parquet"))
    assert partitions.following("2013-12") == "2014-01"


def test_a_gap_between_months_is_named(tmp_path: Path) -> None:
    folder = touch(tmp_path, "2013-01.parquet", "2013-03.parquet")
    with pytest.raises(
        UserError, match=r"2013-02.parquet is missing between .*; add it, for example"
    ):
        partitions.names(folder)


def test_weeks_go_on_over_new_year_and_days_may_be_left_out(tmp_path: Path) -> None:
    weeks = touch(tmp_path / "weeks", "2015-W53.parquet", "2016-W01.parquet")
    assert partitions.names(weeks) == ["2015-W53", "2016-W01"]
    with pytest.raises(UserError, match=r"2016-W02.parquet is missing between"):
        partitions.names(touch(weeks, "2016-W03.parquet"))
    days = touch(tmp_path / "days", "2013-06-28.parquet", "2013-07-01.parquet")
    assert partitions.names(days) == ["2013-06-28", "2013-07-01"]


def test_one_file_may_have_any_name(tmp_path: Path) -> None:
    folder = touch(tmp_path, "customers.parquet")
    assert partitions.names(folder) == ["customers"]
    assert not partitions.has_time("customers")
    with pytest.raises(UserError, match=r"is not named YYYY-MM.parquet; rename or remove it"):
        partitions.names(touch(folder, "orders.parquet"))


def test_files_are_all_of_one_kind(tmp_path: Path) -> None:
    folder = touch(tmp_path, "2013-06-28.parquet", "2013-07.parquet")
    with pytest.raises(UserError, match=r"2013-07.parquet is not named YYYY-MM-DD.parquet"):
        partitions.names(folder)


@pytest.mark.parametrize(
    ("name", "first", "end"),
    [
        ("2013-12", "2013-12-01", "2014-01-01"),
        ("2016-W01", "2016-01-04", "2016-01-11"),
        ("2016-02-29", "2016-02-29", "2016-03-01"),
    ],
)
def test_a_name_says_from_when_its_rows_are(name: str, first: str, end: str) -> None:
    assert [str(day) for day in partitions.span(name)] == [first, end]


@pytest.mark.parametrize("name", ["2013-W53", "2013-02-30", "2013-13"])
def test_a_week_or_day_that_does_not_exist_has_no_time(name: str) -> None:
    assert not partitions.has_time(name)


@pytest.mark.parametrize("name", ["2013-13.parquet", "flights.parquet", "2013-02.csv"])
def test_a_foreign_file_is_named(tmp_path: Path, name: str) -> None:
    folder = touch(tmp_path, "2013-01.parquet", name)
    with pytest.raises(UserError, match=rf"{name} is not named YYYY-MM.parquet; rename or remove"):
        partitions.names(folder)


@pytest.mark.parametrize("make", [True, False])
def test_no_data_at_all(tmp_path: Path, make: bool) -> None:
    folder = tmp_path / "data"
    if make:
        folder.mkdir()
    with pytest.raises(UserError, match=r"holds no YYYY-MM.parquet; get the data with: dvc pull"):
        partitions.names(folder)


@pytest.mark.smoke
def test_read_what_was_written_and_bytes_are_equal(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    paths = [tmp_path / name for name in ("one.parquet", "two.parquet")]
    for path in paths:
        partitions.write(frame, path)
    pd.testing.assert_frame_equal(partitions.read(paths[0]), frame)
    assert list(partitions.read(paths[0], ["b"])) == ["b"]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_name_that_two_columns_have(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])
    pq.write_table(table, tmp_path / "one.parquet")
    with pytest.raises(UserError, match=r"one.parquet: two columns are named 'a'; rename one"):
        partitions.read(tmp_path / "one.parquet")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(path.read_bytes()[:-100]), "is cut short or not Parquet"),
        (lambda path: path.write_text("carrier,flight\nAA,1\n"), "is cut short or not Parquet"),
        (lambda path: path.unlink(), "is missing"),
    ],
)
def test_a_damaged_file_is_one_sentence(tmp_path: Path, damage, said: str) -> None:
    path = tmp_path / "2013-01.parquet"
    partitions.write(pd.DataFrame({"a": range(1000)}), path)
    damage(path)
    with pytest.raises(UserError, match=said) as error:
        partitions.read(path)
    assert str(path) in str(error.value)
    assert "; " in str(error.value)
    assert "\n" not in str(error.value)
