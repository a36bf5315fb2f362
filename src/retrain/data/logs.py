"""Rows of a file that may have more columns than are wanted, as the log of `predict` has."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from retrain.data.inputs import batches, check_present, checked
from retrain.errors import UserError


def rows(path: Path, schema: pa.Schema, outcome: pa.Field) -> Iterator[pa.Table]:
    """Yield some rows at a time with the columns of `schema`; `outcome` too if the file has it."""
    found = columns(path)
    schema = schema.append(outcome) if outcome.name in found else schema
    check_present(found, schema.names)
    for batch in batches(path, schema, found):
        yield checked(batch, schema)


def columns(path: Path) -> list[str]:
    """Return the names of a file's columns."""
    if not path.is_file():
        raise UserError(f"{path}: no such file; check the path")
    try:
        if path.suffix == ".parquet":
            return list(pq.read_schema(path).names)
        with pa.csv.open_csv(path) as reader:
            return list(reader.schema.names)
    except pa.ArrowException as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"{path}: cannot be read ({reason}); correct it, or export it again"
        ) from None
