"""The tables that the gate reads, checked as they are read: rows that judge, and predictions."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from retrain.errors import UserError
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


KEY = Column("key", _text, "text that names a row")
SCORE = Column("score", pa.types.is_floating, "a probability")
# what judges, by the base's code; every other column is a slice, and the blocks may be one of them
JUDGED = (
    KEY,
    Column("day", _text, "a date such as 2013-06-30, as text"),
    Column("outcome", pa.types.is_boolean, "true or false, or empty if it is not known", True),
)
# what a run's own model predicts for them; `outcome` is what it has learned
PREDICTED = (KEY, Column("outcome", pa.types.is_boolean, "true or false"), SCORE)


def predictions(content: bytes) -> pd.DataFrame:
    found = checked(io.BytesIO(content), PREDICTED, PREDICTIONS)[["key", "outcome", "score"]]
    wrong = found.loc[~found["score"].between(0, 1), ["key", "score"]]  # NaN is not between either
    if len(wrong):
        key, score = wrong.iloc[0]
        raise ContractError(
            f"{PREDICTIONS}: {len(wrong):,} scores are not probabilities, the first {score:g} of "
            f"the row {key!r}; correct what the model gives"
        )
    return found


def judged(parts: Sequence[Path]) -> pd.DataFrame:
    """Return the rows of some files together: the columns of JUDGED, and each slice as text."""
    frames = [checked(path, JUDGED, f"the rows of {path.stem}") for path in parts]
    rows = pd.concat(frames, ignore_index=True)
    if rows["key"].duplicated().any():
        raise _duplicates(rows["key"], "the rows of the test window")
    days = pd.Series(rows["day"].unique())
    dates = pd.to_datetime(days, format="%Y-%m-%d", errors="coerce").dt.strftime("%Y-%m-%d")
    wrong = days[days != dates]  # 2013-6-3 too: as text it does not sort
    if len(wrong):
        raise ContractError(
            f"the rows have the day {wrong.iloc[0]!r}; write dates such as 2013-06-30"
        )
    slices = [name for name in rows if name not in {column.name for column in JUDGED}]
    return rows.astype(dict.fromkeys(slices, "str"))


def checked(source: io.BytesIO | Path, columns: Sequence[Column], place: str) -> pd.DataFrame:
    """Read a Parquet file and check the columns that it must have; `place` is its name."""
    try:
        table = pq.read_table(source)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise ContractError(f"{place} cannot be read ({reason}); write Parquet") from None
    for column in columns:
        if problem := _problem(table, column):
            raise ContractError(f"{place}{problem}; write {column.description}")
    # metadata of pandas could make a column the index
    frame = pd.DataFrame(table.to_pandas(ignore_metadata=True))
    if frame["key"].duplicated().any():
        raise _duplicates(frame["key"], place)
    return frame


def _problem(table: pa.Table, column: Column) -> str:
    if column.name not in table.column_names:
        return f" has no column {column.name!r}"
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
