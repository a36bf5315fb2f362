"""Rows to score, from Parquet or CSV, in batches, of exactly the columns that a schema names."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from retrain.errors import UserError, suggest, within

BATCH = 65_536  # rows of Parquet: what memory holds at a time, whatever the size of the file
FORMATS = (".parquet", ".csv")


def checked(batch: pa.RecordBatch | pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a batch with exactly the columns and types of a schema.

    Only a float or a text may be empty: pandas has no other whole number, date or truth.
    """
    columns = []
    for field in schema:
        column = batch[field.name]
        if pa.types.is_timestamp(column.type) and column.type.tz is None:
            raise UserError(f"column {field.name!r} has no time zone; convert it to UTC")
        try:
            column = column.cast(field.type)
        except pa.ArrowException as error:
            raise UserError(
                f"column {field.name!r} is not {field.type} ({error}); convert it"
            ) from None
        if column.null_count and not _may_be_empty(field.type):
            raise UserError(
                f"column {field.name!r} has {column.null_count} empty values; fill them, or make "
                "it float64 in INPUTS"
            )
        columns.append(column)
    return pa.table(columns, schema)


def check_rows(rows: pd.DataFrame, schema: pa.Schema) -> None:
    """Raise a `UserError` where `checked` would refuse rows, which has new ones to score."""
    check_present(list(map(str, rows.columns)), schema.names)
    try:
        batch = pa.Table.from_pandas(rows[schema.names], preserve_index=False)
    except pa.ArrowException as error:
        raise UserError(f"{error.args[-1]}; write it with the type that INPUTS names") from None
    checked(batch, schema)


def _may_be_empty(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_string(kind))


def batches(path: Path, schema: pa.Schema, ignored: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
    """Yield the columns of `schema` from a Parquet or CSV file, which has them in any order.

    The columns `ignored` may also be there, and no others.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; check the path")
    try:
        with within(path):
            if path.suffix == ".parquet":
                with pq.ParquetFile(path) as file:
                    check_columns(file.schema_arrow.names, schema.names, ignored)
                    yield from file.iter_batches(BATCH, columns=schema.names)
            else:
                types = {field.name: field.type for field in schema}
                convert = pa.csv.ConvertOptions(
                    column_types=types, null_values=[""], strings_can_be_null=True
                )
                with pa.csv.open_csv(path, convert_options=convert) as reader:
                    check_columns(reader.schema.names, schema.names, ignored)
                    yield from reader
    except pa.ArrowException as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"{path}: cannot be read ({reason}); correct it, or export it again"
        ) from None


def check_present(found: Sequence[str], wanted: Sequence[str]) -> None:
    for name in wanted:
        if name not in found:
            raise UserError(f"column {name!r} is missing; {suggest(name, found)}")


def check_columns(found: Sequence[str], wanted: Sequence[str], ignored: Sequence[str]) -> None:
    check_present(found, wanted)
    known = [*wanted, *ignored]
    for name in found:
        if name not in known:
            raise UserError(
                f"column {name!r} is unknown to the model ({suggest(name, known)}); remove it"
            )
    if len(set(found)) < len(found):
        raise UserError("a column's name occurs twice; keep one of the two")
