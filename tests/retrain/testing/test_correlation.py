"""The correlation by which shuffled outcomes are found out."""

import numpy as np
import pandas as pd

from retrain.testing.built import correlation

LIMIT = 4 / np.sqrt(2_500)


def test_a_rare_class_and_a_long_tail_are_not_correlated_by_chance() -> None:
    chance = np.random.default_rng(3)
    found = []
    for _ in range(200):
        outcome = pd.Series(np.where(chance.random(2_500) < 0.01, "rare", "common"))
        rare = chance.lognormal(0, 3, 2_500)
        predicted = pd.DataFrame({"score_common": -rare, "score_rare": rare})
        found.append(abs(correlation(outcome, predicted)))
    assert max(found) < LIMIT


def test_what_follows_the_outcome_is() -> None:
    outcome, score = pd.Series([1.0, 2.0, 3.0, 1000.0]), [0.1, 0.2, 0.3, 0.4]
    assert correlation(outcome, pd.DataFrame({"score": score})) == 1
    assert correlation(outcome, pd.DataFrame({"score": score[::-1]})) == -1
    assert correlation(outcome, pd.DataFrame({"score": [0.5] * 4})) == 0
