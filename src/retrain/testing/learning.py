"""Whether the estimator learns what there is to learn, and nothing where there is nothing."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from retrain.testing.built import Built, correlation

CHANCE = 1 / 16_000  # of a failure where all is well
TIMES = 2_000  # that each row is repeated, so that no leaf of a tree has too few
LEARNED = 0.5


@pytest.mark.ml_test_score("Data 4")
def test_shuffled_outcomes_are_not_learned(built: Built) -> None:
    """Shuffle the outcome in the data themselves: a feature that reads it would still know it."""
    rows, name = built.sample, built.features.OUTCOME.name
    order = np.random.default_rng(0).permutation(len(rows))
    shuffled = rows.assign(**{name: rows[name].to_numpy()[order]})
    table = built.prepare.transform(shuffled, built.settings)
    # by its row's place: an outcome may depend on inputs too, and these are not shuffled
    true = built.prepare.transform(rows, built.settings)["outcome"].to_numpy()
    if len(table) != len(rows) or len(true) != len(rows):
        pytest.skip("`outcome` leaves rows out by their inputs")
    table = table.assign(outcome=true[order])
    train, test = table[::2].reset_index(drop=True), table[1::2].reset_index(drop=True)
    predicted = _predicted(built, built.fitted(train), test)
    found = correlation(test["outcome"], predicted)
    deviations = NormalDist().inv_cdf(1 - CHANCE / 2 / predicted.shape[1])  # Bonferroni
    limit = deviations / np.sqrt(max(1, len(test) - 1))
    assert abs(found) <= limit, (
        f"trained on shuffled outcomes it predicts other rows with a correlation of {found:.2f}, "
        f"and chance gives {limit:.2f} at most: a feature reads {name}"
    )


@pytest.mark.ml_test_score("Infra 2")
def test_a_tiny_sample_is_learned(built: Built) -> None:
    table = built.prepare.transform(built.sample, built.settings)
    table = table.drop_duplicates([*built.features.CATEGORICAL, *built.features.NUMERIC])
    table = table.sort_values(["outcome", "key"])
    few = table.iloc[[0, -1]].reset_index(drop=True)
    if few["outcome"].nunique() < 2:
        pytest.skip("the newest data have one outcome")
    model = built.fitted(pd.concat([few] * TIMES, ignore_index=True))
    found = correlation(few["outcome"], _predicted(built, model, few))
    assert found >= LEARNED, (
        "trained on two rows, of the lowest and the highest outcome, it does not tell them apart: "
        f"look at the arguments of {built.settings.train.estimator} in params.yaml"
    )


def _predicted(built: Built, model: object, table: pd.DataFrame) -> pd.DataFrame:
    names = [*built.features.CATEGORICAL, *built.features.NUMERIC]
    found: pd.DataFrame = built.predict.scores(model, table[names])
    return found
