"""The real year: each month's rows, and what models of the months before say of them."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pipeline import predict, prepare, source, train
from pipeline.features import CATEGORICAL, NUMERIC
from pipeline.params import Train, read
from retrain.data import partitions
from retrain.data.sources import driver
from retrain.gate.difference import paired
from retrain.gate.interval import Estimate, estimate, pseudo_values
from retrain.metrics.functions import FUNCTIONS, Floats

LAST = "2013-12"
LOSS = FUNCTIONS["log_loss"]


Change = tuple[tuple[str, Any], ...]


class Model(NamedTuple):
    """What a model has learned from, and the parameters that are not those of params.yaml."""

    through: str  # the newest month of its training
    change: Change = ()


class Year:
    """The source's months as features, and models that are fitted once each."""

    def __init__(self, tell: Callable[[str], None], every: int = 1) -> None:
        """Read the source.

        Args:
            tell: called with a line of text before each long step.
            every: take one row of so many: a short version.
        """
        self.tell, self.params = tell, read()
        tell("the months of the year")
        with TemporaryDirectory() as folder:
            files = [
                partitions.path_of(Path(folder), month)
                for month in driver.add(source.Flights(), Path(folder), {}, through=LAST).new
            ]
            self.tables = {
                path.stem: prepare.transform(partitions.read(path)[::every], self.params)
                for path in files
            }
        self.months = list(self.tables)
        self.scores = cache(self._scores)
        self.compare = cache(self._compare)

    def earlier(self, month: str, by: int) -> str:
        """Return the month that is so many months before another."""
        return self.months[self.months.index(month) - by]

    def _scores(self, model: Model) -> dict[str, Floats]:
        """Return the score of each row of each month that the model has not learned from."""
        words = "".join(f", {name} {value}" for name, value in model.change)
        self.tell(f"a model of the months up to {model.through}{words}")
        past = [table for month, table in self.tables.items() if month <= model.through]
        params = Train(**self.params.train.model_dump() | dict(model.change))
        fitted = train.fit(train.build(params, self.params.task), pd.concat(past), params.threads)
        return {
            month: predict.scores(fitted, table[CATEGORICAL + NUMERIC])["score"].to_numpy()
            for month, table in self.tables.items()
            if month > model.through
        }

    def _compare(
        self, months: Sequence[str], this: Sequence[Model], other: Sequence[Model]
    ) -> tuple[Estimate, Floats]:
        """Return by how much less log loss `this` has than `other`, and its pseudo-values.

        Args:
            months: the window.
            this: the model of each of these months.
            other: the same.
        """
        rows = self._rows(months)
        scores = {"score": self._scored(months, this), "other": self._scored(months, other)}
        pair = paired(rows.assign(**scores), "day", ordered=True)
        measured = pair.measured(LOSS)
        whole, without = measured.other - measured.this, -measured.without
        known = estimate(whole, without, ordered=True)
        assert known is not None
        return known, pseudo_values(whole, without)

    def loss(self, months: Sequence[str], models: Sequence[Model]) -> float:
        """Return the log loss of months, each scored by a model of its own."""
        outcome = self._rows(months)["outcome"].to_numpy("bool")
        return float(LOSS(outcome, self._scored(months, models)))

    def _rows(self, months: Sequence[str]) -> pd.DataFrame:
        return pd.concat([self.tables[month] for month in months])

    def _scored(self, months: Sequence[str], models: Sequence[Model]) -> Floats:
        pairs = zip(months, models, strict=True)
        return np.concatenate([self.scores(model)[month] for month, model in pairs])
