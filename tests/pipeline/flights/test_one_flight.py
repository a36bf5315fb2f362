"""One flight followed from its row to its score: what each step makes of it can be seen."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import features as f
from pipeline import predict, prepare, train
from tests.pipeline.flights.conftest import SHIPPED


@pytest.fixture(scope="module")
def model(small: dict[str, pd.DataFrame]) -> Any:
    table = prepare.transform(small["2013-01"], SHIPPED)
    return train.fit(train.build(SHIPPED.train, SHIPPED.task), table, 1)


@pytest.mark.ml_test_score("Infra 5")
def test_each_tree_moves_the_score_from_the_mean_to_the_last(
    model: Any, small: dict[str, pd.DataFrame]
) -> None:
    row = f.features(small["2013-02"].iloc[[5]])
    numbers = model[:-1].transform(row)
    assert list(numbers) == list(row)  # each number is still called what it is
    steps = [each[0, 1] for each in model[-1].staged_predict_proba(numbers)]
    assert len(steps) == model[-1].n_iter_
    assert np.ptp(steps) > 0.01
    assert steps[-1] == predict.scores(model, row)["score"].item()


def test_no_input_is_asked_for_that_nothing_reads(small: dict[str, pd.DataFrame]) -> None:
    flights = small["2013-02"].head(5)
    for name in f.INPUTS.names:
        with pytest.raises(KeyError):
            f.keys(flights.drop(columns=name)), f.features(flights.drop(columns=name))
