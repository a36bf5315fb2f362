"""Tables of features as distributions: read in parts, so that memory holds no more than one."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from retrain.metrics import distributions
from retrain.metrics.distributions import Floats

BATCH = 65_536  # rows
METADATA = b"retrain"  # of a Parquet file: which columns are features, as JSON


@dataclass(frozen=True)
class Names:
    numeric: list[str]
    categorical: list[str]

    @property
    def all(self) -> list[str]:
        return [*self.categorical, *self.numeric]


@dataclass
class Numbers:
    """A numeric feature: how often, how large; and how many values are in which of some bins."""

    known: int = 0
    total: float = 0
    squares: float = 0
    low: float = np.inf
    high: float = -np.inf
    bins: Floats = field(default_factory=lambda: np.array([], "float64"))
    counts: Floats = field(default_factory=lambda: np.zeros(1))

    def add(self, values: Floats) -> None:
        known = values[np.isfinite(values)]
        if not len(known):
            return
        self.known += len(known)
        self.total += float(known.sum())
        self.squares += float((known**2).sum())
        self.low = min(self.low, float(known.min()))
        self.high = max(self.high, float(known.max()))

    @property
    def mean(self) -> float:
        return self.total / self.known if self.known else 0.0

    @property
    def deviation(self) -> float:
        """Return the standard deviation; 1 where all values are one."""
        if not self.known:
            return 1.0
        return float(np.sqrt(max(self.squares / self.known - self.mean**2, 0))) or 1.0


@dataclass
class Sample:
    """All features of some rows."""

    names: Names
    rows: int = 0
    numbers: dict[str, Numbers] = field(default_factory=dict)
    words: dict[str, Counter[str]] = field(default_factory=dict)

    def missing(self, name: str) -> int:
        known = self.numbers[name].known if name in self.numbers else self.words[name].total()
        return self.rows - known


def names_in(path: Path) -> Names:
    """Return which columns are features: the pipeline has written that into the file."""
    found: dict[str, Any] = json.loads((pq.read_schema(path).metadata or {})[METADATA])
    return Names(found["numeric"], found["categorical"])


def read(paths: Sequence[Path], names: Names, bins: Sample | None = None) -> Sample:
    """Return the distributions of some files.

    `bins`: those of another sample, whose values are to be compared; else the sample's own, for
    which the files are read twice.
    """
    found = Sample(
        names,
        numbers={name: Numbers() for name in names.numeric},
        words={name: Counter() for name in names.categorical},
    )
    quantiles: dict[str, list[Floats]] = {name: [] for name in names.numeric}
    for table in tables(paths, names.all):
        found.rows += len(table)
        for name in names.numeric:
            found.numbers[name].add(values := floats(table, name))
            if bins is None:
                quantiles[name].append(distributions.quantiles(values))
        for name in names.categorical:
            found.words[name].update(texts(table, name))
    for name, numbers in found.numbers.items():
        numbers.bins = bins.numbers[name].bins if bins else distributions.edges(quantiles[name])
        numbers.counts = np.zeros(len(numbers.bins) + 1)
    for table in tables(paths, names.numeric):
        for name, numbers in found.numbers.items():
            numbers.counts += distributions.counts(floats(table, name), numbers.bins)
    return found


def tables(paths: Sequence[Path], columns: Sequence[str]) -> Iterator[pa.Table]:
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(BATCH, columns=list(columns)):
                yield pa.Table.from_batches([batch])


def floats(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].cast(pa.float64()), "float64")


def texts(table: pa.Table, name: str) -> dict[str, int]:
    """Return how often each text occurs; an empty one does not."""
    found = table[name].cast(pa.string()).value_counts().to_pylist()
    return {each["values"]: each["counts"] for each in found if each["values"] is not None}


def psi(name: str, sample: Sample, learned: Sample) -> float | None:
    """Return how far a feature is from another sample's, whose bins both have."""
    empty = float(learned.missing(name)), float(sample.missing(name))
    if name in learned.numbers:
        found = distributions.psi_of_bins(
            learned.numbers[name].counts, sample.numbers[name].counts, empty
        )
    else:
        known = [value for value, _ in learned.words[name].most_common()]
        its, new = learned.words[name], sample.words[name]
        others = new.total() - sum(new[value] for value in known)
        found = distributions.psi(
            np.array([*(its[value] for value in known), 0, empty[0]], "float64"),
            np.array([*(new[value] for value in known), others, empty[1]], "float64"),
        )
    return None if found is None else round(found, 4)
