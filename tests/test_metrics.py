"""Every metric and curve against scikit-learn's, with ties and with weights; and the rounding."""

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from retrain import metrics as m

RNG = np.random.default_rng(7)
N = 4_000
OUTCOME = RNG.random(N) < 0.3
SCORES = {
    "continuous": np.clip(RNG.normal(0.3 + 0.2 * OUTCOME, 0.15), 0.001, 0.999),
    "with ties": np.round(np.clip(RNG.normal(0.3 + 0.2 * OUTCOME, 0.15), 0.01, 0.99), 1).clip(
        0.05, 0.95
    ),
    "constant": np.full(N, 0.3),
    "certain and wrong": np.where(RNG.random(N) < 0.01, 1.0 - OUTCOME, OUTCOME * 0.98 + 0.01),
}
WEIGHTS = {
    "once each": np.ones(N),
    "resampled": RNG.multinomial(N, np.full(N, 1 / N)).astype("float64"),
}


@pytest.mark.parametrize("weight", WEIGHTS.values(), ids=WEIGHTS)
@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
def test_metrics_are_scikit_learns(score: m.Floats, weight: m.Floats) -> None:
    pairs = {
        m.roc_auc: sk.roc_auc_score,
        m.average_precision: sk.average_precision_score,
        m.brier: sk.brier_score_loss,
        m.log_loss: sk.log_loss,
    }
    for ours, theirs in pairs.items():
        expected = theirs(OUTCOME, score, sample_weight=weight)
        assert ours(OUTCOME, score, weight) == pytest.approx(expected, abs=1e-12), ours.__name__


def test_calibration_is_scikit_learns_on_bins_of_equal_size() -> None:
    score = SCORES["continuous"]
    observed, predicted = calibration_curve(OUTCOME, score, n_bins=10, strategy="quantile")
    curve = m.calibration(OUTCOME, score, np.ones(N), 10)
    assert curve["predicted"].to_numpy() == pytest.approx(predicted, abs=1e-3)
    assert curve["observed"].to_numpy() == pytest.approx(observed, abs=1e-2)
    assert curve["rows"].tolist() == [N / 10] * 10


def test_calibration_error_by_hand() -> None:
    outcome = np.array([False, False, True, True])
    score = np.array([0.1, 0.3, 0.6, 1.0])
    # two bins: predicted .2 and .8, observed 0 and 1
    assert m.calibration_error(outcome, score, np.ones(4), 2) == pytest.approx(0.2)
    assert m.calibration_error(outcome, outcome * 1.0, np.ones(4), 2) == 0


def test_more_bins_than_rows() -> None:
    assert len(m.calibration(OUTCOME[:3], SCORES["constant"][:3], np.ones(3), 10)) == 3


def test_curves_are_scikit_learns_own_points() -> None:
    score = SCORES["continuous"]
    curves = m.curves(OUTCOME, score, 10)
    false_positive, true_positive, _ = sk.roc_curve(OUTCOME, score, drop_intermediate=False)
    theirs = set(zip(false_positive.round(m.DIGITS), true_positive.round(m.DIGITS), strict=True))
    roc = curves["roc"]
    assert set(roc.itertuples(index=False, name=None)) <= theirs
    precision, recall, _ = sk.precision_recall_curve(OUTCOME, score)
    theirs = set(zip(recall.round(m.DIGITS), precision.round(m.DIGITS), strict=True))
    assert set(curves["precision_recall"].itertuples(index=False, name=None)) <= theirs
    for name in ("roc", "precision_recall"):
        along = curves[name].iloc[:, 0]
        assert along.iloc[0] == 0
        assert along.iloc[-1] == 1
        assert along.is_monotonic_increasing
        assert len(along) <= m.POINTS + 2


def test_ranking_of_one_class_is_undefined_and_the_rest_is_not() -> None:
    result = m.metrics(np.zeros(5, bool), np.full(5, 0.1), 2)
    assert result["roc_auc"] is None
    assert result["average_precision"] is None
    assert result["brier"] == 0.01


def test_the_last_bits_do_not_show() -> None:
    score = SCORES["continuous"]
    nudged = np.nextafter(score, 1)
    assert m.metrics(OUTCOME, score, 10) == m.metrics(OUTCOME, nudged, 10)


def test_every_metric_has_a_direction() -> None:
    perfect = m.metrics(OUTCOME, OUTCOME * 1.0, 10)
    poor = m.metrics(OUTCOME, SCORES["constant"], 3)
    assert set(perfect) == set(m.HIGHER_IS_BETTER)
    for name, higher in m.HIGHER_IS_BETTER.items():
        if name != "calibration_error":  # a constant may be well calibrated
            assert (perfect[name] > poor[name]) is higher, name
