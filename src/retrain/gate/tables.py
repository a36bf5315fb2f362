"""What the gate reads, checked once where it is read: rows that judge, and predictions of them."""

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
    """What a run has predicted cannot be judged."""


def _text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


@dataclass(frozen=True)
class Column:
    """A column: its type, in words too, and whether it may be empty."""

    name: str
    is_type: Callable[[pa.DataType], bool]
    words: str
    optional: bool = False


KEY = Column("key", _text, "text that names a row")
SCORE = Column("score", pa.types.is_floating, "a probability")
# what judges, by the base's code; every other column is a slice, and the blocks may be one of them
JUDGED = (
    KEY,
    Column("day", _text, "a date such as 2013-06-30, as text"),
    Column("outcome", pa.types.is_boolean, "true or false, or empty if it is not known", True),
)
# what a run's own model says of them; `outcome` is what it has learned
PREDICTED = (
    KEY,
    Column("outcome", pa.types.is_boolean, "true or false"),
    SCORE,
)


def predictions(content: bytes) -> pd.DataFrame:
    """Return the columns of PREDICTED.

    Raises:
        ContractError: if something else stands there.
    """
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
    """Return the rows of some files together: the columns of JUDGED, and each slice as text.

    Raises:
        ContractError: if something else stands there.
    """
    frames = [checked(path, JUDGED, f"the rows of {path.stem}") for path in parts]
    rows = pd.concat(frames, ignore_index=True)
    if rows["key"].duplicated().any():
        raise ContractError(_twice(rows["key"], "the rows of the test window"))
    days = pd.Series(rows["day"].unique())
    dates = pd.to_datetime(days, format="%Y-%m-%d", errors="coerce").dt.strftime("%Y-%m-%d")
    wrong = days[days != dates]  # 2013-6-3 too: as text it is not in order
    if len(wrong):
        raise ContractError(
            f"the rows have the day {wrong.iloc[0]!r}; write dates such as 2013-06-30"
        )
    slices = [name for name in rows if name not in {column.name for column in JUDGED}]
    return rows.astype(dict.fromkeys(slices, "str"))


def checked(source: io.BytesIO | Path, columns: Sequence[Column], place: str) -> pd.DataFrame:
    """Return a Parquet file whose columns are as they should be; `place` is its name."""
    try:
        table = pq.read_table(source)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise ContractError(f"{place} cannot be read ({reason}); write Parquet") from None
    for column in columns:
        if column.name not in table.column_names:
            raise ContractError(f"{place} has no column {column.name!r}; write {column.words}")
        found = table[column.name]
        if not column.is_type(found.type):
            raise ContractError(
                f"{place}: column {column.name!r} is {found.type}; write {column.words}"
            )
        if found.null_count and not column.optional:
            raise ContractError(
                f"{place}: column {column.name!r} is empty in {found.null_count:,} rows; write "
                f"{column.words}"
            )
    # what pandas notes beside a table could make an index of a column
    frame = pd.DataFrame(table.to_pandas(ignore_metadata=True))
    if frame["key"].duplicated().any():
        raise ContractError(_twice(frame["key"], place))
    return frame


def _twice(keys: "pd.Series[str]", place: str) -> str:
    again = keys[keys.duplicated()]
    return f"{place}: {len(again):,} keys occur twice, such as {again.iloc[0]!r}; write a row once"
