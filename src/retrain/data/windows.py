"""Which rows train and which judge: whole partitions by time, or rows by a stable hash.

A report says it in words, from which this can be read again: `2013-01 to 2013-05`, or
`hash of customer, 0 to 0.8`.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrain.data.partitions import has_time, span
from retrain.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

HASH = re.compile(r"hash of (.+), ([\d.]+) to ([\d.]+)")


@dataclass(frozen=True)
class Period:
    """The partitions from `first` to `last`."""

    first: str
    last: str

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first} to {self.last}"

    def partitions(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if self._overlaps(name)]

    def holds(self, rows: "pd.DataFrame") -> NDArray[np.bool_]:
        """Return which of some rows, by their column `partition`, are in it, or may be."""
        names = rows["partition"]
        found = {name: self._overlaps(name) for name in names.unique()}
        return names.map(found).to_numpy("bool")

    def _overlaps(self, name: str) -> bool:
        """Return whether days of a file are in it; files may have become weeks, or days."""
        if has_time(name) != has_time(self.first):
            raise UserError(f"the window is {self}, and {name}.parquet has no time in its name")
        if not has_time(name):
            return self.first <= name <= self.last
        (first, end), (start, _), (_, stop) = map(span, (name, self.first, self.last))
        return first < stop and start < end


@dataclass(frozen=True)
class Share:
    """The rows of every partition whose hash of a column is from `low` on and below `high`."""

    column: str
    low: float
    high: float

    def __str__(self) -> str:
        return f"hash of {self.column}, {self.low:g} to {self.high:g}"

    def partitions(self, names: Sequence[str]) -> list[str]:
        return list(names)

    def holds(self, rows: "pd.DataFrame") -> NDArray[np.bool_]:
        """Return which of some rows are in it; equal values are always on the same side."""
        values = rows[self.column].astype("str")
        hashes = values.map({value: share(value) for value in values.unique()})
        return ((self.low <= hashes) & (hashes < self.high)).to_numpy("bool")


Window = Period | Share


def share(value: str) -> float:
    """Return a number from 0 to 1 that depends on the text alone, on any machine."""
    digest = hashlib.sha256(value.encode()).digest()
    return int.from_bytes(digest[:6]) / 256**6


def read(words: str) -> Window:
    if found := HASH.fullmatch(words):
        column, low, high = found.groups()
        return Share(column, float(low), float(high))
    first, _, last = words.partition(" to ")
    return Period(first, last or first)
