"""What an older model costs: June, by models that have learned up to May, April or March."""

import pandas as pd
import pytest

from pipeline import predict, train
from pipeline.features import CATEGORICAL, NUMERIC
from retrain.gate.difference import beside, difference, paired
from retrain.gate.schema import Difference
from retrain.metrics.functions import FUNCTIONS
from retrain.metrics.table import TABLE
from tests.pipeline.flights.conftest import SHIPPED

MOST = 0.02  # in nats, that a month without a retraining may cost


@pytest.mark.slow
@pytest.mark.ml_test_score("Model 4")
def test_a_month_without_retraining_costs_little_and_two_cost_too_much(
    months: list[pd.DataFrame],
) -> None:
    june = months[5]

    def scores(through: int) -> pd.DataFrame:
        model = train.fit(train.build(SHIPPED.train, SHIPPED.task), pd.concat(months[:through]), 1)
        return predict.scores(model, june[[*CATEGORICAL, *NUMERIC]])

    newest = scores(5)

    def cost(older: int) -> Difference:
        pair = paired(beside(june.join(scores(older)), newest), "day", ordered=True)
        return difference(pair.measured(FUNCTIONS["log_loss"]), TABLE["log_loss"], 0.95)

    assert cost(4).difference <= MOST, "retrain more often than once a month"
    assert cost(3).difference > MOST, "this test sees no difference at all"
