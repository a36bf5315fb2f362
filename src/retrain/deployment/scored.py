"""What was scored, as files: two models' predictions side by side, and the log for monitoring.

The log is a folder that pandas and pyarrow read as one table: Parquet files, in a folder for each
day of UTC. A row has what the model was given, under its own names and types; what it said; and:

| column | what it is |
|---|---|
| `shadow_…` | the predictions of the shadow; empty where there was none |
| `model_version`, `shadow_version` | the versions; empty for a file that is none |
| `scored_at` | when |

Each call adds a file of its own, so that any number of writers can be at work.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from retrain.errors import UserError
from retrain.files import whole
from retrain.metrics.tasks import is_score

BATCH = 65_536  # rows: what memory holds at a time
SHADOW = "shadow_"
METADATA = "retrain"  # of the Parquet files: which models have scored, as JSON
# of the log: one value for all rows of a call
CONSTANT = (
    pa.field("model_version", pa.string()),
    pa.field("shadow_version", pa.string()),
    pa.field("scored_at", pa.timestamp("us", "UTC")),
)
Columns = dict[str, pa.ChunkedArray]


@dataclass(frozen=True)
class Used:
    """A model that has scored: a version, or a file, of which no commit is known."""

    name: str
    sha256: str
    commit: str | None = None
    stage: str | None = None

    @property
    def version(self) -> str | None:
        return self.name if self.commit else None

    def __str__(self) -> str:
        return f"{self.name} ({self.stage})" if self.stage else self.name


@dataclass(frozen=True)
class Said:
    """Which models have said something, and when; `asked`: whether a shadow was to."""

    time: datetime
    first: Used
    shadow: Used | None
    asked: bool

    @property
    def by(self) -> str:
        beside = f", and beside it by {self.shadow}" if self.shadow else ""
        return f"{self.first}{beside or (', without a shadow' if self.asked else '')}"

    def metadata(self) -> dict[str, str]:
        found = {"model": asdict(self.first), "shadow": self.shadow and asdict(self.shadow)}
        return {METADATA: json.dumps(found)}


@dataclass(frozen=True)
class Made:
    """Files of one call, of the same rows in the same order; what is not asked for is not there."""

    folder: Path

    @property
    def first(self) -> Path:
        return self.folder / "first.parquet"

    @property
    def shadow(self) -> Path:
        return self.folder / "shadow.parquet"

    @property
    def given(self) -> Path:
        return self.folder / "given.parquet"


def write(made: Made, said: Said, target: Path, log: Path | None) -> tuple[int, Path | None]:
    """Write the predictions, Parquet or CSV, and a file of the log: both, or none of them.

    Returns the number of rows, and the file of the log.
    """
    first = pq.read_schema(made.first)
    beside = pq.read_schema(made.shadow) if said.shadow else first
    shadow = [field.with_name(SHADOW + field.name) for field in beside if is_score(field.name)]
    schema = pa.schema([*first, *(shadow if said.asked else [])], said.metadata())
    with whole(target) as scratch:
        csv = target.suffix == ".csv"
        writer = pa.csv.CSVWriter(scratch, schema) if csv else pq.ParquetWriter(scratch, schema)
        rows = _fill(writer, schema, _columns(made, said, shadow))
        added = _add(log, made, said, [*first], shadow) if log else None
    return rows, added


def _add(
    log: Path, made: Made, said: Said, first: Sequence[pa.Field], shadow: Sequence[pa.Field]
) -> Path:
    given = pq.read_schema(made.given)
    # what names a row can have the name of a column that it is made of; nothing else can
    names = [field for field in first if not is_score(field.name) and field.name not in given.names]
    own = [*(field for field in first if is_score(field.name)), *shadow, *CONSTANT]
    if taken := [field.name for field in own if field.name in given.names]:
        raise UserError(
            f"column {taken[0]!r} of INPUTS has a name that the log gives to something else; "
            "rename it, or do without --log"
        )
    schema = pa.schema([*given, *names, *own], said.metadata())
    path = log / f"{said.time:%Y-%m-%d}" / f"{said.time:%H%M%S}-{secrets.token_hex(8)}.parquet"
    with whole(path) as scratch:
        writer = pq.ParquetWriter(scratch, schema, compression="zstd")
        _fill(writer, schema, _columns(made, said, shadow, made.given))
    return path


def _fill(writer: Any, schema: pa.Schema, columns: Iterable[Columns]) -> int:
    rows = 0
    with writer:
        for each in columns:
            table = pa.table([each[name] for name in schema.names], schema)
            writer.write_table(table)
            rows += len(table)
    return rows


def _columns(
    made: Made, said: Said, shadow: Sequence[pa.Field], given: Path | None = None
) -> Iterator[Columns]:
    """Yield all columns of some rows at a time; those that were `given` keep their names."""
    paths = [made.first, *([made.shadow] if said.shadow else []), *([given] if given else [])]
    files = {path: _Rows(path) for path in paths}
    number = files[made.first].number
    if any(file.number != number for file in files.values()):
        raise UserError("the input was changed while it was scored; run the same command again")
    constant = [said.first.version, said.shadow and said.shadow.version, said.time]
    for start in range(0, number, BATCH):
        count = min(BATCH, number - start)
        found = {path: file.take(count) for path, file in files.items()}
        beside = found.get(made.shadow)
        yield (
            found[made.first]
            | {
                field.name: beside[field.name.removeprefix(SHADOW)]
                if beside
                else pa.nulls(count, field.type)
                for field in shadow
            }
            | {
                field.name: pa.repeat(pa.scalar(value, field.type), count)
                for field, value in zip(CONSTANT, constant, strict=True)
            }
            | (found[given] if given else {})
        )


class _Rows:
    """The rows of a Parquet file, taken from its start: row groups need not be another file's."""

    def __init__(self, path: Path) -> None:
        file = pq.ParquetFile(path)
        self.number: int = file.metadata.num_rows
        self.batches = file.iter_batches(BATCH)
        self.held = file.schema_arrow.empty_table()

    def take(self, count: int) -> Columns:
        while len(self.held) < count:
            self.held = pa.concat_tables([self.held, pa.Table.from_batches([next(self.batches)])])
        found, self.held = self.held[:count], self.held[count:]
        return dict(zip(found.column_names, found.columns, strict=True))
