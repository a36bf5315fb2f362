"""What a prediction is: a possible one, the one that was judged, and on the right side."""

import numpy as np
import pytest

from retrain.data import partitions
from retrain.data.keys import filled
from retrain.metrics.tasks import check_scores, score_columns
from retrain.testing.built import Built, truth_of

SHARE = 0.1  # of the rows, at both ends
ERRORS = 4  # standard errors of a mean of so many rows, by which chance may move it


@pytest.mark.ml_test_score("Monitor 5")
def test_every_prediction_is_possible(built: Built) -> None:
    check_scores(built.predictions, built.settings.task, "predictions/test.parquet")
    spread = built.predictions[score_columns(built.predictions)].std()
    assert spread.max() > 0, "all rows have one prediction: the model has learned nothing"


@pytest.mark.ml_test_score("Model 5")
def test_it_beats_the_reference(built: Built) -> None:
    gate = built.policy.gate
    if not gate.beats_reference:
        pytest.skip("policy.yaml: gate.beats_reference is false")
    model, reference = (built.report[each][gate.primary] for each in ("model", "reference"))
    assert None not in (model, reference), f"{gate.primary} is undefined on the test window"
    higher = gate.table[gate.primary].higher_is_better
    assert (model > reference) if higher else (model < reference), (
        f"{gate.primary} {model:.4g} does not beat the reference's {reference:.4g}: do the "
        "features tell anything of the outcome, or has the model learned rows by heart?"
    )


@pytest.mark.ml_test_score("Monitor 3")
def test_prediction_equals_evaluation(built: Built) -> None:
    """Score the raw rows again as a service does, without their outcomes: to the last bit."""
    judged = built.predictions.set_index("key")
    columns = score_columns(judged)
    missing = set(judged.index)
    for path in partitions.paths(built.root / "data"):
        raw = partitions.read(path, built.features.INPUTS.names)
        keys = filled(built.features.keys(raw))["key"]
        if not (chosen := keys.isin(judged.index)).any():
            continue
        rows = raw[chosen].reset_index(drop=True)
        found = built.scored(built.featured(rows))
        expected = judged.loc[keys[chosen], columns].to_numpy("float64")
        wrong = int((found != expected).any(axis=1).sum())
        assert not wrong, (
            f"{path.name}: {wrong:,} predictions are not those that were judged: features.py makes "
            "other features for training than for prediction"
        )
        missing -= set(keys[chosen])
    assert not missing, f"{len(missing):,} rows that were judged are not in data/"


def test_highest_and_lowest_predictions_are_on_the_right_side(built: Built) -> None:
    judged = built.predictions
    for name in score_columns(judged):
        order = np.argsort(judged[name].to_numpy(), kind="stable")
        number = max(1, round(SHARE * len(order)))
        truth = truth_of(judged["outcome"], name)
        low, high = (truth[some].mean() for some in (order[:number], order[-number:]))
        margin = ERRORS * truth.std() / np.sqrt(number)
        assert low - margin <= truth.mean() <= high + margin, (
            f"{name}: the mean outcome of the {number:,} lowest predictions is {low:.3g}, of the "
            f"highest {high:.3g}, and of all rows {truth.mean():.3g}: the model ranks wrongly"
        )
