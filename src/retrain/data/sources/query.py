"""A source that is a query of a database, by SQLAlchemy: rows with a time, by month, week or day.

The database's address, with its password, is in the environment: RETRAIN_SOURCE_DATABASE.
https://docs.sqlalchemy.org/en/21/core/engines.html
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from retrain.data import partitions
from retrain.data.sources.source import PREFIX, Available
from retrain.data.sources.table import Every, label, without_gaps
from retrain.errors import UserError

if TYPE_CHECKING:
    import sqlalchemy as sa

VARIABLE = f"{PREFIX}DATABASE"
ROWS = 50_000  # that are asked for at a time


@dataclass(frozen=True)
class Query:
    """A partition is complete once there is a row of a later one."""

    select: str  # such as SELECT time, size FROM trips
    schema: pa.Schema  # of the files of data/
    time: str  # the column by which rows go into a file; one without a zone is in UTC
    every: Every = "month"

    def available(self) -> Available:
        import sqlalchemy as sa

        rows = self._rows()
        moment = rows.c[self.time]
        with _connected() as connection:
            first, last = connection.execute(
                sa.select(sa.func.min(moment), sa.func.max(moment))
            ).one()
        if first is None:
            return Available([])
        if not isinstance(first, datetime):
            raise UserError(
                f"the source's column {self.time!r} holds a {type(first).__name__}, not a time; "
                f"make it one in `select`: CAST({self.time} AS timestamp)"
            )
        oldest, newest = (label(_floor(each, self.every), self.every) for each in (first, last))
        names = list(without_gaps([oldest, newest])) if oldest != newest else [newest]
        return Available(names[:-1], f"{newest} waits for the first row after it")

    def fetch(self, names: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
        import sqlalchemy as sa

        rows = self._rows()
        moment = rows.c[self.time]
        with _connected() as connection:
            newest = connection.execute(sa.select(sa.func.max(moment))).scalar()
            # one without a zone would be in that of the session
            zone = UTC if newest and newest.tzinfo else None
            for name in names:
                first, end = (datetime.combine(day, time(), zone) for day in partitions.span(name))
                asked = sa.select(rows).where(moment >= first, moment < end)
                asked = asked.order_by(moment, *(each for each in rows.c if each is not moment))
                parts = list(pd.read_sql_query(asked, connection, chunksize=ROWS))
                yield name, pd.concat(parts, ignore_index=True)

    def _rows(self) -> "sa.Subquery":
        import sqlalchemy as sa

        columns: list[Any] = [sa.column(name) for name in self.schema.names]
        return sa.text(self.select).columns(*columns).subquery("rows")


def _connected() -> "sa.Connection":
    import sqlalchemy as sa

    if not (address := os.environ.get(VARIABLE)):
        raise UserError(
            f"{VARIABLE} is not set; give it the database's address: "
            "postgresql+psycopg://USER:PASSWORD@HOST/NAME"
        )
    return sa.create_engine(address, poolclass=sa.NullPool).connect()


def _floor(moment: datetime, every: Every) -> datetime:
    """Return the first moment of a partition, in UTC."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    return moment.replace(day=1) if every == "month" else moment
