"""What a source is. Which partitions are fetched, when and where to, is decided in `driver`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

PREFIX = "RETRAIN_SOURCE_"  # of the variables that hold what a source needs to be let in


class Available(NamedTuple):
    """The partitions that are complete, oldest first, and why newer rows wait."""

    names: Sequence[str]
    waiting: str = ""


class Source(Protocol):
    """Two functions, and the columns that data/ has.

    A correction is recognised without a third one: the newest partitions are fetched again, and
    their bytes compared with what data.dvc names. So equal rows must come in an equal order.
    """

    @property
    def schema(self) -> "pa.Schema": ...

    def available(self) -> Available:
        """Say which partitions there are; what is complete is not expected to change."""

    def fetch(
        self, names: Sequence[str]
    ) -> "Iterator[tuple[str, pd.DataFrame | pa.Table]] | Iterable[tuple[str, pd.DataFrame]]":
        """Yield each of these partitions with its rows, one in memory at a time."""
