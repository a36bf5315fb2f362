"""The numbers of params.yaml are tuned: half and twice of each is tried on a month that trains."""

import pandas as pd
import pytest
from sklearn.metrics import log_loss

from pipeline import predict, train
from pipeline.features import CATEGORICAL, NUMERIC
from tests.pipeline.flights.conftest import SHIPPED

TUNED = ("learning_rate", "max_iter", "max_leaf_nodes", "min_samples_leaf")
GAIN = 0.005  # in nats: a tenth of what the model gains over the mean. May's days differ by more


@pytest.mark.slow
@pytest.mark.ml_test_score("Model 3")
def test_half_and_twice_of_each_number_gain_next_to_nothing(months: list[pd.DataFrame]) -> None:
    table, may = pd.concat(months[:4]), months[4]

    def loss(**changed: float) -> float:
        chosen = SHIPPED.train.model_copy(update=changed)
        model = train.fit(train.build(chosen, SHIPPED.task), table, 1)
        scores = predict.scores(model, may[[*CATEGORICAL, *NUMERIC]])
        return float(log_loss(may["outcome"], scores["score"]))

    shipped = loss()
    gains = {
        (name, times): shipped - loss(**{name: type(value)(value * times)})
        for name in TUNED
        for value in [SHIPPED.train.arguments[name]]
        for times in (0.5, 2)
    }
    assert {each: gain for each, gain in gains.items() if gain > GAIN} == {}
    assert loss(max_iter=5) - shipped > GAIN, "this test sees no difference at all"
