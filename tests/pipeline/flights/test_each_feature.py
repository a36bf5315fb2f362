"""What each feature adds: with its values shuffled among the shipped flights, the model is worse."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

from pipeline import predict, train
from pipeline.features import CATEGORICAL, NUMERIC
from tests.pipeline.flights.conftest import SHIPPED


@pytest.mark.slow
@pytest.mark.ml_test_score("Data 2")
def test_each_feature_is_of_use(months: list[pd.DataFrame]) -> None:
    table, june = pd.concat(months[:5]), months[5]
    model = train.fit(train.build(SHIPPED.train, SHIPPED.task), table, 1)
    features, draw = june[[*CATEGORICAL, *NUMERIC]], np.random.default_rng(1)

    def loss(shown: pd.DataFrame) -> float:
        return float(log_loss(june["outcome"], predict.scores(model, shown)["score"]))

    whole = loss(features)
    gain = {
        name: loss(features.assign(**{name: draw.permutation(features[name].to_numpy())})) - whole
        for name in features
    }
    useless = {name: value for name, value in gain.items() if value <= 0}
    assert useless == {}, "the model is as good without these: leave them out"
