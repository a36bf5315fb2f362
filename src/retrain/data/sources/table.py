"""A source that is a table: a file, a folder or a bucket of CSV or Parquet files.

It may be larger than memory: one partition at a time is held there.
"""

import datetime
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from retrain.data import partitions, read_tables
from retrain.data.read_tables import Form
from retrain.data.sources.source import Available
from retrain.errors import UserError

HOLIDAYS = datetime.timedelta(days=4)  # a month may end with so many days without rows
Every = Literal["month", "week", "day"]


@dataclass(frozen=True)
class Table:
    """A table that grows, or is replaced by a longer one, and how data/ is divided.

    The newest partition waits until it is complete. Partitions between others that have no rows
    are empty. A table without a time is one file, which follows the table.
    """

    path: Path | str  # or an address of fsspec's, such as s3://bucket/folder
    schema: pa.Schema  # of the files of data/
    form: Form = field(default_factory=Form)
    # with `time`, the column by which rows go into a file a month, week or day; else `name`, the
    # one file of all rows
    time: str = ""
    every: Every = "month"
    name: str = "table"
    # a column that is added: the number of a row among those of its time, or in the table
    number: str = ""

    @property
    def file(self) -> str:
        """Return the table's name, for people."""
        return PurePosixPath(self.path).name

    def available(self) -> Available:
        if not self.time:
            return Available([self.name])
        last = ends(self)
        whole, waiting = complete(last)
        note = ""
        if waiting:
            ended = f"{last[waiting]:%Y-%m-%d %H:%M}"
            note = f"{waiting} is not complete (its last row: {ended}), and waits"
        return Available(list(without_gaps(whole)), note)

    def fetch(self, names: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
        if self.time:
            yield from _frames(self, names)
        else:
            yield self.name, _all(self)


def _all(table: Table) -> pd.DataFrame:
    parts = list(read_tables.batches(table.path, _stored(table), table.form))
    frame = pa.concat_tables(parts).to_pandas() if parts else pd.DataFrame()
    if frame.empty:
        raise UserError(f"{table.path}: has no rows; export it again")
    if table.number:
        frame[table.number] = range(len(frame))
    return frame


def ends(table: Table) -> dict[str, datetime.datetime]:
    """Return the time of the last row of each partition that has rows, oldest first."""
    last: dict[str, datetime.datetime] = {}
    schema = pa.schema([table.schema.field(table.time)])
    for batch in read_tables.batches(table.path, schema, table.form):
        time = batch.column(table.time)
        if time.null_count:
            raise UserError(
                f"{table.path}: column {table.time!r} is empty in {time.null_count:,} rows; fill "
                "it, or remove them"
            )
        start = pc.floor_temporal(time, unit=table.every)
        for row in (
            pa.table({"start": start, "time": time})
            .group_by("start")
            .aggregate([("time", "max")])
            .to_pylist()
        ):
            name = label(row["start"], table.every)
            last[name] = max(last.get(name, row["time_max"]), row["time_max"])
    if not last:
        raise UserError(f"{table.path}: has no rows; export it again")
    return dict(sorted(last.items()))


def label(start: datetime.datetime, every: Every) -> str:
    if every == "week":
        year, week, _ = start.isocalendar()
        return f"{year:04}-W{week:02}"
    return f"{start:%Y-%m}" if every == "month" else f"{start:%Y-%m-%d}"


def complete(last: dict[str, datetime.datetime]) -> tuple[list[str], str]:
    """Return the partitions that are complete, and the newest one if it is not.

    It is not if its last row is further from its end than those of the others are. One of them is
    not counted if it ended much earlier than all others: it has a gap there.
    """
    names = list(last)

    def left(name: str) -> datetime.timedelta:
        _, end = partitions.span(name)
        return datetime.datetime.combine(end, datetime.time(), datetime.UTC) - last[name]

    if len(names) == 1:
        return names, ""
    longest, *others = sorted(map(left, names[:-1]), reverse=True)
    usual = others[0] if others and longest - others[0] > HOLIDAYS else longest
    return (names, "") if left(names[-1]) <= usual else (names[:-1], names[-1])


def without_gaps(names: Sequence[str]) -> Iterator[str]:
    """Yield these partitions, and each month or week between them; a day may be missing."""
    for name, following in zip(names, [*names[1:], ""], strict=True):
        yield name
        between = name
        while following and not partitions.DAY.fullmatch(name):
            between = partitions.following(between)
            if between == following:
                break
            yield between


def _frames(table: Table, names: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the rows of each partition in the order of their times, from scratch files."""
    schema = _stored(table)
    with tempfile.TemporaryDirectory(prefix=".", suffix=".tmp", dir=".") as scratch:
        _divide(table, names, Path(scratch))
        for name in names:
            path = Path(scratch, name)
            if path.exists():
                with pa.memory_map(str(path)) as source:
                    frame = pa.ipc.open_stream(source).read_all().to_pandas()
            else:
                frame = schema.empty_table().to_pandas()
            frame = frame.sort_values(table.time, kind="stable", ignore_index=True)
            if table.number:
                frame[table.number] = frame.groupby(table.time).cumcount()
            yield name, frame[table.schema.names]


def _divide(table: Table, names: Sequence[str], scratch: Path) -> None:
    """Write the rows of each partition into a file of its name."""
    schema = _stored(table)
    with ExitStack() as stack:
        writers: dict[str, pa.ipc.RecordBatchStreamWriter] = {}
        for batch in read_tables.batches(table.path, schema, table.form):
            start = pc.floor_temporal(batch.column(table.time), unit=table.every)
            for moment in start.unique():
                name = label(moment.as_py(), table.every)
                if name not in names:
                    continue
                if name not in writers:
                    sink = stack.enter_context(pa.OSFile(str(scratch / name), "wb"))
                    writers[name] = stack.enter_context(pa.ipc.new_stream(sink, schema))
                writers[name].write_table(batch.filter(pc.equal(start, moment)))


def _stored(table: Table) -> pa.Schema:
    """Return the columns that the table itself has."""
    return pa.schema([each for each in table.schema if each.name != table.number])
