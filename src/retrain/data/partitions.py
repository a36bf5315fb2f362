"""The files of data: which there are, and reading one with errors that name it.

A file holds a month (2013-06), a week (2013-W23) or a day (2013-06-30), by its name; or there is
one file, of any name.
"""

import datetime
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from retrain.errors import UserError
from retrain.files import whole

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
WEEK = re.compile(r"\d{4}-W(0[1-9]|[1-4]\d|5[0-3])")
DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
FORMS = {MONTH: "YYYY-MM", WEEK: "YYYY-Www", DAY: "YYYY-MM-DD"}


def names(folder: Path) -> list[str]:
    """Return the partitions of a folder, oldest first; dot files are ignored.

    There is at least one. All are of one kind, and no month or week is missing in between; a day
    may be one without rows.
    """
    files = sorted(path.name for path in folder.glob("[!.]*")) if folder.is_dir() else []
    found = [name.removesuffix(".parquet") for name in files if name.endswith(".parquet")]
    if not found:
        raise UserError(f"{folder}/ holds no YYYY-MM.parquet; get the data with: dvc pull data.dvc")
    kind = _kind(found[0])
    if kind is None and len(files) == 1:
        return found
    for name in files:
        stem = name.removesuffix(".parquet")
        if stem == name or not (kind or MONTH).fullmatch(stem):
            form = FORMS[kind or MONTH]
            raise UserError(f"{folder / name} is not named {form}.parquet; rename or remove it")
    for earlier, later in pairwise(found) if kind is not DAY else ():
        if following(earlier) != later:
            raise UserError(
                f"{folder / following(earlier)}.parquet is missing between {earlier} and {later}; "
                f"add it, for example with: make ingest THROUGH={later}"
            )
    return found


def has_time(name: str) -> bool:
    """Return whether a partition's name says when its rows are from."""
    return _kind(name) is not None


def _kind(name: str) -> re.Pattern[str] | None:
    kind = next((kind for kind in FORMS if kind.fullmatch(name)), None)
    try:
        span(name)
    except ValueError:  # 2013-W53 or 2013-02-30, which do not exist
        return None
    return kind


def following(name: str) -> str:
    """Return the month or the week after one."""
    _, first = span(name)
    year, week, _ = first.isocalendar()
    return f"{first:%Y-%m}" if MONTH.fullmatch(name) else f"{year}-W{week:02}"


def span(name: str) -> tuple[datetime.date, datetime.date]:
    """Return the first day of a partition, and the first after it."""
    if WEEK.fullmatch(name):
        monday = datetime.date.fromisocalendar(int(name[:4]), int(name[-2:]), 1)
        return monday, monday + datetime.timedelta(days=7)
    if DAY.fullmatch(name):
        day = datetime.date.fromisoformat(name)
        return day, day + datetime.timedelta(days=1)
    first = datetime.date.fromisoformat(f"{name}-01")
    return first, (first + datetime.timedelta(days=32)).replace(day=1)


def paths(folder: Path) -> list[Path]:
    return [path_of(folder, name) for name in names(folder)]


def path_of(folder: Path, name: str) -> Path:
    return folder / f"{name}.parquet"


def read(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    try:
        if path.stat().st_size == 0:
            raise UserError(
                f"{path} is empty (0 bytes); restore it with `dvc checkout`, or ingest it again"
            )
        # one thread, because a month is read faster than a pool of threads is started
        file = pq.ParquetFile(path)
        if again := [
            name for name, number in Counter(file.schema_arrow.names).items() if number > 1
        ]:
            raise UserError(f"{path}: two columns are named {again[0]!r}; rename one of them")
        return pd.DataFrame(file.read(columns, use_threads=False).to_pandas())
    except FileNotFoundError:
        raise UserError(f"{path} is missing; get it with `dvc pull`, or run `make train`") from None
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"{path} is cut short or not Parquet ({reason}); restore it with `dvc checkout`, "
            "or ingest it again"
        ) from None


def write(frame: pd.DataFrame, path: Path, schema: pa.Schema | None = None) -> None:
    """Write one Parquet file (zstd), whole or not at all; equal frames give equal bytes."""
    table = pa.Table.from_pandas(frame, schema, preserve_index=False).replace_schema_metadata(None)
    with whole(path) as scratch:
        pq.write_table(table, scratch, compression="zstd", compression_level=9)
