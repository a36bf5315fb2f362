"""New data from a table: which partitions are added, and when."""

import datetime
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from retrain.data import partitions
from retrain.data.read_tables import TIME
from retrain.data.sources import driver
from retrain.data.sources import table as sources
from retrain.data.sources.corrections import compare
from retrain.data.sources.news import News
from retrain.data.sources.source import Available, Source
from retrain.data.sources.table import Table
from retrain.errors import UserError
from retrain.files import md5

SCHEMA = pa.schema([("time", TIME), ("size", pa.float64())])
ONE_DAY = datetime.timedelta(days=1)


def table(folder: Path, days: Iterable[datetime.date], **options: object) -> Table:
    """Write a table with two rows a day, the newest first."""
    path = folder / "table.csv"
    rows = [f"{day} {hour:02}:00,{day.day}" for day in days for hour in (23, 11)]
    path.write_text("time,size\n" + "".join(f"{row}\n" for row in sorted(rows, reverse=True)))
    return replace(Table(path, SCHEMA, time="time"), **options)


def span(first: str, last: str) -> list[datetime.date]:
    start, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    return [start + number * ONE_DAY for number in range((end - start).days + 1)]


def add(source: Source, data: Path, through: str | None = None, **options: Any) -> News:
    """Add to a folder what it lacks, as the program does without `retrain ingest`."""
    known = {path.stem: str(md5(str(path))) for path in data.glob("*.parquet")}
    return driver.add(source, data, known, through=through, **options)


def rows(folder: Path, name: str) -> pd.DataFrame:
    return partitions.read(partitions.path_of(folder, name))


def test_the_next_month_or_all_up_to_one(tmp_path: Path) -> None:
    source, data = table(tmp_path, span("2024-01-01", "2024-06-30")), tmp_path / "data"
    assert add(source, data).new == ["2024-01"]
    assert add(source, data).new == ["2024-02"]
    assert add(source, data, "2024-05").new == ["2024-03", "2024-04", "2024-05"]
    assert add(source, data, "2024-05").new == []
    assert partitions.names(data) == [f"2024-0{month}" for month in range(1, 6)]
    found = rows(data, "2024-02")
    assert len(found) == 58
    assert found["time"].is_monotonic_increasing
    assert not list(tmp_path.glob(".*"))


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    source, data = table(tmp_path, span("2024-01-01", "2024-03-31")), tmp_path / "data"
    add(source, data, "2024-02")
    before = partitions.path_of(data, "2024-01").read_bytes()
    table(tmp_path, span("2024-01-05", "2024-03-31"))
    assert add(source, data).new == ["2024-03"]
    assert partitions.path_of(data, "2024-01").read_bytes() == before


def test_what_is_older_than_the_first_is_not_wanted(tmp_path: Path) -> None:
    source, data = table(tmp_path, span("2024-01-01", "2024-04-30")), tmp_path / "data"
    add(source, data, "2024-03")
    for month in ("2024-01", "2024-02"):
        partitions.path_of(data, month).unlink()
    assert add(source, data).new == ["2024-04"]


def test_a_month_that_is_not_complete_waits(tmp_path: Path) -> None:
    source, data = table(tmp_path, span("2024-01-01", "2024-04-12")), tmp_path / "data"
    added = add(source, data, "2024-03")
    assert added.new == ["2024-01", "2024-02", "2024-03"]
    assert added.waiting == "2024-04 is not complete (its last row: 2024-04-12 23:00), and waits"
    assert add(source, data).new == []
    with pytest.raises(UserError, match="2024-04: the source has 2024-01 to 2024-03"):
        add(source, data, "2024-04")
    table(tmp_path, span("2024-01-01", "2024-04-30"))
    assert add(source, data).new == ["2024-04"]


def test_months_of_weekdays_are_complete_on_their_last_weekday(tmp_path: Path) -> None:
    working = [day for day in span("2024-01-01", "2024-06-28") if day.weekday() < 5]
    source = table(tmp_path, working)
    names, waiting = sources.complete(sources.ends(source))
    assert (names[-1], waiting) == ("2024-06", "")
    names, waiting = sources.complete(sources.ends(table(tmp_path, working[:-4])))
    assert (names[-1], waiting) == ("2024-05", "2024-06")


def test_one_month_that_ended_early_is_no_rule(tmp_path: Path) -> None:
    days = [*span("2024-01-01", "2024-02-10"), *span("2024-03-01", "2024-06-20")]
    names, waiting = sources.complete(sources.ends(table(tmp_path, days)))
    assert (names[-1], waiting) == ("2024-05", "2024-06")


def test_a_row_a_month_makes_it_complete(tmp_path: Path) -> None:
    source = table(tmp_path, [datetime.date(2024, month, 1) for month in range(1, 7)])
    assert sources.complete(sources.ends(source))[0][-1] == "2024-06"


def test_a_month_without_rows_is_an_empty_file(tmp_path: Path) -> None:
    days = [*span("2024-01-01", "2024-02-29"), *span("2024-05-01", "2024-06-30")]
    data = tmp_path / "data"
    add(table(tmp_path, days), data, "2024-06")
    assert partitions.names(data) == [f"2024-0{month}" for month in range(1, 7)]
    assert len(rows(data, "2024-03")) == len(rows(data, "2024-04")) == 0
    assert dict(rows(data, "2024-03").dtypes) == dict(rows(data, "2024-01").dtypes)


def test_weeks_and_days(tmp_path: Path) -> None:
    days = span("2024-12-16", "2025-01-12")
    data = tmp_path / "weeks"
    add(table(tmp_path, days, every="week"), data, "2025-W02")
    assert partitions.names(data) == ["2024-W51", "2024-W52", "2025-W01", "2025-W02"]
    assert len(rows(data, "2025-W01")) == 14
    data = tmp_path / "days"
    add(table(tmp_path, [*days[:2], *days[5:7]], every="day"), data, "2024-12-22")
    assert partitions.names(data) == ["2024-12-16", "2024-12-17", "2024-12-21", "2024-12-22"]


def test_rows_of_one_time_are_numbered(tmp_path: Path) -> None:
    path, data = tmp_path / "table.csv", tmp_path / "data"
    path.write_text("time,size\n2024-01-02,5\n2024-01-01,7\n2024-01-01,6\n")
    schema = SCHEMA.append(pa.field("row", pa.int64()))
    add(Table(path, schema, time="time", number="row"), data)
    found = rows(data, "2024-01")
    assert list(found["size"]) == [7, 6, 5]
    assert list(found["row"]) == [0, 1, 0]


def test_a_table_without_times_is_one_file_that_follows_it(tmp_path: Path) -> None:
    path, data = tmp_path / "table.csv", tmp_path / "data"
    path.write_text("size\n1\n2\n")
    schema = pa.schema([("row", pa.int64()), ("size", pa.float64())])
    source = Table(path, schema, name="sizes", number="row")
    assert add(source, data).new == ["sizes"]
    assert add(source, data).new == []
    path.write_text("size\n1\n2\n3\n")
    assert add(source, data).new == ["sizes"]
    assert list(rows(data, "sizes")["row"]) == [0, 1, 2]
    with pytest.raises(UserError, match="the source has no column of times; leave it out"):
        add(source, data, "2024-01")


def test_a_time_that_is_empty_is_named(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("time,size\n2024-01-02,5\n,7\n")
    with pytest.raises(UserError, match="column 'time' is empty in 1 rows; fill it, or remove"):
        add(Table(path, SCHEMA, time="time"), tmp_path / "data")


def test_a_night_adds_no_more_than_its_step(tmp_path: Path) -> None:
    source, data = table(tmp_path, span("2024-01-01", "2024-06-30")), tmp_path / "data"
    assert add(source, data, step=2).new == ["2024-01", "2024-02"]
    assert add(source, data, step=9).new == ["2024-03", "2024-04", "2024-05", "2024-06"]


def test_a_correction_is_seen_and_taken_only_when_it_is_asked_for(tmp_path: Path) -> None:
    source, data = table(tmp_path, span("2024-01-01", "2024-03-31")), tmp_path / "data"
    add(source, data, "2024-03")
    known = {path.stem: str(md5(str(path))) for path in data.glob("*")}
    table(tmp_path, [*span("2024-01-01", "2024-02-27"), *span("2024-03-01", "2024-03-31")])
    (other := tmp_path / "other").mkdir()
    found = driver.add(source, other, known, recheck=2)
    assert (found.new, found.differing) == ([], ["2024-02"])
    assert [path.stem for path in other.iterdir()] == ["2024-02"]
    said = compare(partitions.path_of(data, "2024-02"), partitions.path_of(other, "2024-02"))
    assert said == "4 rows fewer"
    assert driver.add(source, data, known, again="2024-02").new == ["2024-02"]
    assert len(rows(data, "2024-02")) == 54


class Failing:
    schema = SCHEMA

    def available(self) -> Available:
        raise ConnectionError("no way to postgresql://me:a-password@host")

    def fetch(self, names: object) -> Any: ...


def test_a_source_that_fails_is_one_sentence_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETRAIN_SOURCE_DATABASE", "postgresql://me:a-password@host/name")
    with pytest.raises(UserError, match=r"the source failed \(ConnectionError: no way") as error:
        add(Failing(), tmp_path)
    assert "a-password" not in str(error.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("2024-01", None), "gives of 2024-01 a NoneType, not a table; correct `fetch`"),
        (("../evil", pd.DataFrame()), "gives '../evil', not asked for; correct `fetch`"),
        ("2024-01", r"the source failed \(ValueError: "),
    ],
)
def test_what_a_source_gives_that_is_no_partition_is_one_sentence(
    tmp_path: Path, given: object, said: str
) -> None:
    class Odd(Failing):
        def available(self) -> Available:
            return Available(["2024-01"])

        def fetch(self, _: object) -> Any:
            yield given

    with pytest.raises(UserError, match=said):
        add(Odd(), tmp_path / "data")
    assert not list(tmp_path.rglob("*.parquet"))
