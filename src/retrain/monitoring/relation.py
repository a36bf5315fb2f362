"""What the features say of each other, by linear regression of each on all others.

A season moves temperature and dew point together; a unit that has changed moves one of them alone.
All regressions come from one inverse of the features' second moments: the coefficients of feature
j are -P[j] / P[j, j] (Lauritzen 1996, "Graphical Models", 5.1.1), so that means are all that is
needed of the rows that are compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from retrain.metrics.distributions import Floats
from retrain.metrics.samples import Names, Sample, floats, tables

EXPLAINED = 0.8  # the part of a feature's variance from which the others explain it
CATEGORIES = 200  # of a feature, the most frequent ones
ALIKE = 0.8  # of the evidence against one feature, that against another: it may be that one
RIDGE = 1e-6  # of the rows: an intercept and all of a feature's categories are not independent


@dataclass(frozen=True)
class Relation:
    learned: Sample
    categories: list[tuple[str, str]]  # the feature and its value, one column each
    inverse: Floats  # of the second moments: the constant, numbers, categories
    explained: Floats  # the part of each number's variance

    def unexplained(self, sample: Sample, limit: float) -> Iterator[dict[str, float]]:
        """Yield features that lie further than `limit` from what the others say, and how far.

        In standard deviations. Of those that are yielded together one is wrong, and it cannot be
        seen which. It is put right before the next is looked for: all that it explains would be
        wrong too.
        """
        mean = self._means(sample)
        names = self.learned.names.numeric
        moved: set[str] = set()
        diagonal = np.diag(self.inverse)
        while len(moved) < len(names):
            apart = self.inverse @ mean / diagonal
            far = {
                name: number
                for number, name in enumerate(names, start=1)
                if self.explained[number - 1] >= EXPLAINED
                and abs(apart[number]) > limit
                and name not in moved
            }
            if not far:
                return
            score = {name: abs(apart[at]) * np.sqrt(diagonal[at]) for name, at in far.items()}
            worst = max(score, key=lambda name: score[name])
            alike = [name for name, value in score.items() if value >= ALIKE * score[worst]]
            yield {name: float(apart[far[name]]) for name in alike}
            moved.add(worst)
            mean[far[worst]] -= apart[far[worst]]

    def _means(self, sample: Sample) -> Floats:
        numbers = []
        for name in self.learned.names.numeric:
            learned, found = self.learned.numbers[name], sample.numbers[name]
            numbers.append((found.mean - learned.mean) / learned.deviation if found.known else 0.0)
        shares = [sample.words[name][value] / sample.rows for name, value in self.categories]
        return np.array([1.0, *numbers, *shares])


def learn(paths: Sequence[Path], learned: Sample) -> Relation:
    names = learned.names
    categories = [
        (name, value)
        for name in names.categorical
        for value, _ in learned.words[name].most_common(CATEGORIES)
    ]
    size = 1 + len(names.numeric) + len(categories)
    moments = np.zeros((size, size))
    for table in tables(paths, names.all):
        columns = _columns(table, names, learned, categories)
        moments += columns.T @ columns
    scale = np.diag(moments).copy()
    inverse = np.linalg.inv(moments + RIDGE * max(learned.rows, 1) * np.eye(size))
    left = 1 / np.diag(inverse)
    explained = np.asarray(1 - left / np.where(scale > 0, scale, np.inf), "float64")
    explained[scale == 0] = 0
    numbers = explained[1 : 1 + len(names.numeric)]
    return Relation(learned, categories, np.asarray(inverse, "float64"), numbers)


def _columns(
    table: pa.Table, names: Names, learned: Sample, categories: Sequence[tuple[str, str]]
) -> Floats:
    """Return a row's constant, its numbers in standard deviations, and 1 for its categories."""
    found = np.zeros((len(table), 1 + len(names.numeric) + len(categories)))
    found[:, 0] = 1
    for number, name in enumerate(names.numeric, start=1):
        its = learned.numbers[name]
        values = (floats(table, name) - its.mean) / its.deviation
        found[:, number] = np.where(np.isfinite(values), values, 0)
    place = {each: number for number, each in enumerate(categories, start=1 + len(names.numeric))}
    for name in names.categorical:
        encoded = table[name].cast(pa.string()).combine_chunks().dictionary_encode()
        columns = np.array(
            [place.get((name, value), -1) for value in encoded.dictionary.to_pylist()]
        )
        index = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        known = np.flatnonzero(index >= 0)
        where = columns[index[known]] if len(columns) else index[known]
        found[known[where >= 0], where[where >= 0]] = 1
    return found
