"""The tables that the gate reads, checked as they are read: rows that judge, and predictions."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api.types import is_bool_dtype, is_float_dtype

from retrain.errors import UserError
from retrain.metrics.table import Task
from retrain.metrics.tasks import check_scores, is_score, score_columns
from retrain.paths import PREDICTIONS


class ContractError(UserError):
    """A run's predictions cannot be judged."""


def _text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


@dataclass(frozen=True)
class Column:
    name: str
    is_type: Callable[[pa.DataType], bool]
    description: str
    nullable: bool = False
    optional: bool = False


KEY = Column("key", _text, "text that names a row")
OUTCOME = Column(
    "outcome", lambda kind: _task(kind) is not None, "true or false, text, or a number"
)
# what judges, by the base's code; every other column is a slice, and the blocks may be one of them
JUDGED = (
    KEY,
    replace(OUTCOME, nullable=True),
    Column("day", _text, "a date such as 2013-06-30, as text", optional=True),
)
# what a run's own model predicts for them; `outcome` is what it has learned
PREDICTED = (KEY, OUTCOME)
PARTITION = "partition"  # the name of the file that a row is from


def _task(kind: pa.DataType) -> Task | None:
    if pa.types.is_boolean(kind):
        return "binary"
    if _text(kind):
        return "multiclass"
    return "regression" if pa.types.is_floating(kind) else None


def task_of(rows: pd.DataFrame) -> Task:
    """Return the task that the outcome of rows is of, by its type."""
    if is_float_dtype(rows["outcome"]):
        return "regression"
    return "binary" if is_bool_dtype(rows["outcome"]) else "multiclass"


def predictions(content: bytes) -> pd.DataFrame:
    """Return a run's predictions: the columns `key`, `outcome` and the task's of a prediction."""
    found = checked(io.BytesIO(content), PREDICTED, PREDICTIONS)
    return scored(found[["key", "outcome", *score_columns(found)]], task_of(found), PREDICTIONS)


def scored(found: pd.DataFrame, task: Task, place: str) -> pd.DataFrame:
    """Check the columns of predictions; `place` is the name of what has them."""
    try:
        check_scores(found, task, place)
    except UserError as error:
        raise ContractError(str(error)) from None
    return found


def judged(parts: Sequence[Path]) -> pd.DataFrame:
    """Return the rows of some files together: the columns of JUDGED, and each slice as text."""
    frames = [
        checked(path, JUDGED, f"the rows of {path.stem}").assign(**{PARTITION: path.stem})
        for path in parts
    ]
    rows = pd.concat(frames, ignore_index=True)
    if rows["key"].duplicated().any():
        raise _duplicates(rows["key"], "the rows of the test window")
    if reserved := score_columns(rows) + score_columns(rows, "other"):
        raise ContractError(
            f"the rows have the slice {reserved[0]!r}, a name of predictions; rename it"
        )
    if "day" in rows:
        _check_days(pd.Series(rows["day"].unique()))
    slices = [name for name in rows if name not in {"key", "outcome", PARTITION}]
    return rows.astype(dict.fromkeys(slices, "str"))


def _check_days(days: "pd.Series[str]") -> None:
    dates = pd.to_datetime(days, format="%Y-%m-%d", errors="coerce").dt.strftime("%Y-%m-%d")
    wrong = days[days != dates]  # 2013-6-3 too: as text it does not sort
    if len(wrong):
        raise ContractError(
            f"the rows have the day {wrong.iloc[0]!r}; write dates such as 2013-06-30"
        )


def checked(source: io.BytesIO | Path, columns: Sequence[Column], place: str) -> pd.DataFrame:
    """Read a Parquet file and check the columns that it must have; `place` is its name."""
    try:
        table = pq.read_table(source)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise ContractError(f"{place} cannot be read ({reason}); write Parquet") from None
    numbers = [name for name in table.column_names if is_score(name)]
    scores = [Column(name, pa.types.is_floating, "a number") for name in numbers]
    for column in [*columns, *scores]:
        if problem := _problem(table, column):
            raise ContractError(f"{place}{problem}; write {column.description}")
    # metadata of pandas could make a column the index
    frame = pd.DataFrame(table.to_pandas(ignore_metadata=True))
    if frame["key"].duplicated().any():
        raise _duplicates(frame["key"], place)
    if "outcome" in frame and _task(table["outcome"].type) == "binary":
        return frame.astype({"outcome": "boolean"})  # and not object, where some are empty
    return frame


def _problem(table: pa.Table, column: Column) -> str:
    if column.name not in table.column_names:
        return "" if column.optional else f" has no column {column.name!r}"
    found = table[column.name]
    if not column.is_type(found.type):
        return f": column {column.name!r} is {found.type}"
    if found.null_count and not column.nullable:
        return f": column {column.name!r} is empty in {found.null_count:,} rows"
    return ""


def _duplicates(keys: "pd.Series[str]", place: str) -> ContractError:
    again = keys[keys.duplicated()]
    return ContractError(
        f"{place}: {len(again):,} keys occur twice, such as {again.iloc[0]!r}; write a row once"
    )
