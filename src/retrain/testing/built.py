"""The built model with the code that made it: what a test of its behaviour looks at."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from retrain import settings
from retrain.data import modelfile, partitions
from retrain.gate.policy import Policy
from retrain.metrics.functions import Floats
from retrain.metrics.tasks import SCORE, score_columns
from retrain.paths import METRICS, MODEL, PARAMS, POLICY, PREDICTIONS

ROWS = 1_000  # that a test looks at, where it needs no more
SAMPLE = 5_000  # from which a model is fitted
FEWEST = 40
Change = Mapping[str, Any | Callable[[pd.DataFrame], Any]]  # as `DataFrame.assign` takes it


@dataclass(frozen=True)
class Built:
    """What `make train` has made in the folder `root`.

    The modules are those of src/pipeline. `identifiers` are columns of its INPUTS that name a row,
    and that no prediction may depend on.
    """

    root: Path
    features: ModuleType
    params: ModuleType
    prepare: ModuleType
    train: ModuleType
    evaluate: ModuleType
    predict: ModuleType
    identifiers: Sequence[str] = ()

    @cached_property
    def settings(self) -> Any:
        return self.params.read(self.root / PARAMS)

    @cached_property
    def policy(self) -> Policy:
        return settings.read(self.root / POLICY, Policy)

    @cached_property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.root / METRICS).read_text("utf-8"))
        return found

    @cached_property
    def model(self) -> Any:
        return modelfile.load(self.root / MODEL, self.settings.train.trusted)

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Return the test window, as it was scored: key, groups, outcome, prediction, slices."""
        return partitions.read(self.root / PREDICTIONS)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Return rows of the newest data, evenly spaced: the columns INPUTS."""
        newest = partitions.paths(self.root / "data")[-1]
        rows = partitions.read(newest, self.features.INPUTS.names)
        places = np.linspace(0, len(rows) - 1, min(len(rows), ROWS)).astype("int64")
        return rows.iloc[places].reset_index(drop=True)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Return the features of `rows`."""
        return self.featured(self.rows)

    @cached_property
    def scores(self) -> Floats:
        """Return the predictions of `rows`; the shape is (rows, columns of a prediction)."""
        return np.asarray(self._scores.to_numpy("float64"))

    @cached_property
    def _scores(self) -> pd.DataFrame:
        found: pd.DataFrame = self.predict.scores(self.model, self.table)
        return found

    @cached_property
    def sample(self) -> pd.DataFrame:
        """Return shuffled rows of the newest data, whose outcome is known: all columns.

        They are of as many files as it takes to have enough; a test that finds too few is skipped.
        """
        parts: list[pd.DataFrame] = []
        for path in reversed(partitions.paths(self.root / "data")):
            rows = partitions.read(path)
            parts.append(rows.loc[self.prepare.known_outcomes(rows, self.settings).index])
            known = pd.concat(parts, ignore_index=True)
            if len(known) >= SAMPLE and known[self.features.OUTCOME.name].nunique() > 1:
                break
        if len(known) < FEWEST:
            pytest.skip(f"data/ has {len(known)} rows with an outcome")
        found = known.sample(min(len(known), SAMPLE), random_state=0)
        return pd.DataFrame(found).reset_index(drop=True)

    def featured(self, rows: pd.DataFrame) -> pd.DataFrame:
        found: pd.DataFrame = self.features.features(rows)
        return found

    def scored(self, table: pd.DataFrame, model: Any = None) -> Floats:
        found = self.predict.scores(self.model if model is None else model, table)
        return np.asarray(found.to_numpy("float64"))

    def fitted(self, table: pd.DataFrame) -> Any:
        """Return a model of params.yaml, fitted to features and the column `outcome`."""
        chosen = self.settings
        model = self.train.build(chosen.train, chosen.task)
        return self.train.fit(model, table, chosen.train.threads)

    def shift(self, change: Change) -> pd.DataFrame:
        """Return how far each prediction of `rows` moves with a change of their columns.

        For example `built.shift({"wind": lambda rows: rows["wind"] + 10})["score"].mean()`.
        """
        after = self.predict.scores(self.model, self.featured(self.rows.assign(**change)))
        return pd.DataFrame(after - self._scores)


def label_of(column: str) -> str:
    """Return the class that a prediction's column names; empty, if it is of no class."""
    return column.removeprefix(SCORE).removeprefix("_")


def truth_of(outcome: pd.Series, column: str) -> Floats:
    """Return what came of each row as numbers; of the class that a prediction's column names."""
    label = label_of(column)
    truth = outcome.astype("str") == label if label else outcome
    return np.asarray(truth, "float64")


def correlation(outcome: pd.Series, predicted: pd.DataFrame) -> float:
    """Return the correlation of the ranks of outcomes and predictions; of classes, the strongest.

    0 where either is constant. Of ranks, because a few rows of a rare class, or far from all
    others, make any other correlation large by chance.
    """
    found = []
    for name in score_columns(predicted):
        one, other = rankdata(truth_of(outcome, name)), rankdata(predicted[name])
        varies = one.std() > 0 and other.std() > 0
        found.append(float(np.corrcoef(one, other)[0, 1]) if varies else 0.0)
    return max(found, key=abs, default=0.0)
