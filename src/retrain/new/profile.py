"""The table divided into partitions as data/ will be, and what each column holds there."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from retrain.data import partitions, read_tables
from retrain.data.sources import driver
from retrain.data.sources import table as tables
from retrain.data.sources.table import Every, Table
from retrain.errors import UserError
from retrain.metrics.tasks import is_score
from retrain.new.recognise import Column, Recognised

SAMPLE = 20_000  # rows
PARTITIONS = 4  # at least: three train, one judges
OWN = ("key", "outcome", "earlier", "partition")  # names of columns that the pipeline makes
UNITS = {"D": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}  # of a time, in ms


@dataclass
class Values:
    """What the files of data/ hold of one column."""

    low: float = float("inf")
    high: float = float("-inf")
    empty: float = 0.0  # the largest share in one of them


@dataclass
class Profile:
    table: Table
    folder: Path
    names: list[str]  # of the partitions
    rows: dict[str, int] = field(default_factory=dict)  # with an outcome, by partition
    days: dict[str, int] = field(default_factory=dict)  # that have rows with an outcome
    values: dict[str, Values] = field(default_factory=dict)
    sample: pd.DataFrame = field(default_factory=pd.DataFrame)
    unit: str = "D"  # the coarsest in which a time can be written
    waits: str = ""

    @property
    def total(self) -> int:
        return sum(self.rows.values())

    def frames(self, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        for name in self.names:
            yield partitions.read(partitions.path_of(self.folder, name), columns)


def safe(name: str) -> str:
    """Return the name that a column gets in data/, where the pipeline makes one of its own."""
    taken = name in OWN or is_score(name) or is_score(name, "reference")
    return f"given_{name}" if taken else name


def schema(found: Recognised) -> pa.Schema:
    """Return the columns that a file of data/ can hold, and their types.

    Numbers are such that a later one may be empty: only whole numbers without empty ones could be
    a part of a key, and stay whole.
    """
    types = {
        "truth": pa.float64(),
        "number": pa.float64(),
        "time": read_tables.TIME,
        "text": pa.string(),
    }
    return pa.schema(
        [
            (safe(each.name), types.get(each.kind) or _whole(each))
            for each in found.columns.values()
            if each.kind in types or each.kind == "whole"
        ]
    )


def _whole(column: Column) -> pa.DataType:
    return pa.float64() if column.empty else pa.int64()


def table(found: Recognised, path: Path, name: str, time: str) -> Table:
    """Return how data/ is made of a table: by month where there are four, else by week, or day."""
    names = {safe(each): each for each in found.columns if safe(each) != each}
    formats = {safe(each.name): each.format for each in found.columns.values() if each.format}
    form = replace(found.form, times=formats, names=names)
    made = Table(path, schema(found), form, safe(time) if time else "", "month", name)
    if not time:
        return made
    first, days = "", 0
    every: Every
    for every in ("month", "week", "day"):
        made = replace(made, every=every)
        last = tables.ends(made)
        first, days = next(iter(last)), len(last)
        if len(tables.complete(last)[0]) >= PARTITIONS:
            return made
    if len(last) == 1 and _one_time(made):
        raise UserError(
            f"{path}: column {time!r} holds one time in all rows; name another column, or leave "
            "TIME out: then rows are split by a hash"
        )
    raise UserError(
        f"{path}: column {time!r} has {days} days (from {first} on), and a split by time needs at "
        f"least {PARTITIONS} months, weeks or days; give more rows, or leave TIME out: then rows "
        "are split by a hash"
    )


def _one_time(table: Table) -> bool:
    only = pa.schema([table.schema.field(table.time)])
    found = {
        moment
        for batch in read_tables.batches(table.path, only, table.form)
        for moment in batch.column(0).unique().to_pylist()
    }
    return len(found) == 1


def profile(table: Table, folder: Path, target: str, rows: int) -> Profile:
    """Divide a table of so many rows into a folder, and look at each file once."""
    if table.time:
        last = tables.complete(tables.ends(table))[0][-1]
        added = driver.add(table, folder, {}, through=last)
    else:
        added = driver.add(table, folder, {})
    found = Profile(table, folder, partitions.names(folder), waits=added.waiting)
    found.values = {each.name: Values() for each in table.schema}
    parts, units = [], set[str]()
    for name, frame in zip(found.names, found.frames(), strict=True):
        known = frame[frame[target].notna()]
        found.rows[name] = len(known)
        for column, values in found.values.items():
            _add(values, frame[column])
        if table.time:
            time = frame[table.time]
            found.days[name] = known[table.time].dt.floor("D").nunique()
            units.add(_unit(time))
        share = min(1, SAMPLE / rows)
        parts.append(known.sample(frac=share, random_state=1).sort_index())
    found.sample = pd.concat(parts, ignore_index=True)
    found.unit = max(units, key=[*UNITS].index, default="D")
    return found


def _add(values: Values, column: "pd.Series[Any]") -> None:
    if not len(column):
        return
    values.empty = max(values.empty, float(column.isna().mean()))
    if column.dtype.kind in "iuf" and column.notna().any():
        values.low = min(values.low, float(column.min()))
        values.high = max(values.high, float(column.max()))


def _unit(time: "pd.Series[Any]") -> str:
    numbers = time.astype("int64") if len(time) else time
    return next(unit for unit, size in UNITS.items() if not len(time) or not (numbers % size).any())


def key(found: Profile, columns: dict[str, Column], target: str) -> list[str]:
    """Return the columns that name a row, none of them empty.

    None: no columns do, and a number has to be added.
    """
    time, names = found.table.time, [each.name for each in found.table.schema]
    able = [
        safe(each.name)
        for each in sorted(columns.values(), key=lambda each: each.kind != "text")
        if each.kind in ("text", "whole")
        and not each.empty
        and safe(each.name) in names
        and safe(each.name) not in (target, time)
        and (each.many or each.distinct > 1)
    ]
    if time:
        sets = [[time], *([time, each] for each in able)]
        sets += [[time, *pair] for pair in combinations(able[:8], 2)]
    else:
        ids = {safe(each.name) for each in columns.values() if is_name(each, found)}
        sets = [[each] for each in able if each in ids]
    alive = sets
    for frame in found.frames([time, *able] if time else able) if sets else ():
        alive = [each for each in alive if not frame.duplicated(each).any()]
    return alive[0] if alive else []


def is_name(column: Column, found: Profile) -> bool:
    """Return whether a column names its rows: all are different, and it measures nothing."""
    sample = found.sample.get(safe(column.name))
    if sample is None or column.kind not in ("text", "whole") or not sample.is_unique:
        return False
    if column.kind == "text":
        return True
    values, words = found.values[safe(column.name)], column.name.lower().replace("_", " ").split()
    counted = values.high - values.low + 1 == column.rows
    return (
        counted
        or bool({"id", "nr", "no", "key", "number", "index", "row"} & set(words))
        or (column.name.lower().endswith("id") or column.name.endswith("ID"))
    )


def clock(found: Profile) -> dict[str, "pd.Series[Any]"]:
    """Return what a calendar tells of the sample's times, where it varies."""
    if not found.table.time:
        return {}
    time = found.sample[found.table.time].dt
    span = datetime.timedelta(days=len({*time.floor("D")}))
    made = {"hour": time.hour, "weekday": time.day_of_week}
    months = found.sample[found.table.time]
    if months.max() - months.min() > datetime.timedelta(days=400):
        made["month"] = time.month
    return {
        name: values
        for name, values in made.items()
        if values.nunique() > 1 and (name != "weekday" or span.days >= 14)
    }
