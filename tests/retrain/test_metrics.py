"""Metrics by name, each by hand; calibration error and the curves; rounding, and what is undefined."""

from math import log

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from retrain import metrics as m

RNG = np.random.default_rng(7)
N = 4_000
OUTCOME = RNG.random(N) < 0.3
SCORE = np.clip(RNG.normal(0.3 + 0.2 * OUTCOME, 0.15), 0.001, 0.999)
ALL = set(m.HIGHER_IS_BETTER)


def values(outcome: list[int], score: list[float]) -> m.Metrics:
    return m.metrics(np.array(outcome, bool), np.array(score, float))


def test_each_metric_by_hand() -> None:
    assert values([0, 1, 0, 1], [0.1, 0.4, 0.6, 0.9]) == {
        "roc_auc": 0.75,  # of four pairs one is the wrong way round
        "average_precision": round((1 + 2 / 3) / 2, 5),
        "brier": 0.185,
        "log_loss": round(-(log(0.9) + log(0.4)) / 2, 5),
        "calibration_error": 0.35,  # a row is a bin
    }


def test_every_metric_has_a_direction_and_a_perfect_model_is_better_by_it() -> None:
    perfect, poor = m.metrics(OUTCOME, OUTCOME * 1.0), m.metrics(OUTCOME, 1 - SCORE)
    assert set(m.FUNCTIONS) == set(perfect) == ALL
    for name, higher in m.HIGHER_IS_BETTER.items():
        assert (perfect[name] > poor[name]) is higher, name  # type: ignore[operator]
        assert perfect[name] == (1 if higher else 0), name


def test_who_is_certain_and_wrong_loses_much_and_not_everything() -> None:
    assert 10 < (values([0, 1], [0.0, 0.0])["log_loss"] or 0) < 50


def test_the_last_bits_do_not_show() -> None:
    found = m.metrics(OUTCOME, SCORE)
    assert m.metrics(OUTCOME, np.nextafter(SCORE, 1)) == found
    assert found == {name: round(value or 0, m.DIGITS) for name, value in found.items()}
    loss = sk.log_loss(OUTCOME, SCORE)
    assert found["log_loss"] == pytest.approx(loss, abs=0.5 * 10**-m.DIGITS)
    assert found["log_loss"] != loss


@pytest.mark.parametrize("outcome", [0, 1])
def test_a_ranking_of_one_class_is_undefined_and_the_rest_is_not(outcome: int) -> None:
    found = values([outcome] * 5, [abs(outcome - 0.1)] * 5)
    assert {name for name in ALL if found[name] is None} == {"roc_auc", "average_precision"}
    assert found["brier"] == 0.01
    assert found["log_loss"] == round(-log(0.9), 5)
    assert found["calibration_error"] == 0.1


def test_of_no_rows_everything_is_undefined() -> None:
    assert values([], []) == dict.fromkeys(ALL)


# ---- calibration


def test_the_calibration_error_counts_each_bin_by_its_rows() -> None:
    # 11 rows in 10 bins: the last one has two of them, and says .85 where 1 is right
    outcome, score = [0] * 9 + [1, 1], [0.0] * 9 + [0.8, 0.9]
    assert values(outcome, score)["calibration_error"] == round(0.15 * 2 / 11, m.DIGITS)
    assert values(outcome[::-1], score[::-1]) == values(outcome, score)


def test_too_high_and_too_low_probabilities_do_not_cancel_out() -> None:
    # on average .5, as many as there are; but neither half of the rows is .3 or .7
    assert values([0, 1] * 10, [0.3] * 10 + [0.7] * 10)["calibration_error"] == 0.2


def test_calibration_is_scikit_learns_on_bins_of_equal_size() -> None:
    observed, predicted = calibration_curve(OUTCOME, SCORE, n_bins=m.BINS, strategy="quantile")
    curve = m.calibration(OUTCOME, SCORE)
    assert curve["predicted"].to_numpy() == pytest.approx(predicted, abs=1e-3)
    assert curve["observed"].to_numpy() == pytest.approx(observed, abs=1e-2)
    assert curve["rows"].tolist() == [N / m.BINS] * m.BINS


def test_rows_of_one_score_keep_their_order_on_every_machine() -> None:
    curve = m.calibration(np.repeat([False, True], 500), np.tile([0.1, 0.2], 500))
    assert curve["observed"].tolist() == [0, 0, 0.5, 1, 1] * 2


def test_fewer_rows_than_bins_are_a_bin_each() -> None:
    curve = m.calibration(np.array([True, False, True]), np.array([0.5, 0.1, 0.9]))
    assert curve.to_dict("list") == {
        "predicted": [0.1, 0.5, 0.9],
        "observed": [0, 1, 1],
        "rows": [1, 1, 1],
    }


# ---- curves


def test_curves_are_scikit_learns_own_points_from_one_end_to_the_other() -> None:
    curves = m.curves(OUTCOME, SCORE)
    false, true, _ = sk.roc_curve(OUTCOME, SCORE, drop_intermediate=False)
    precision, recall, _ = sk.precision_recall_curve(OUTCOME, SCORE)
    rate = round(OUTCOME.mean(), m.DIGITS)
    for name, columns, pairs, ends in (
        ("roc", ["false_positive_rate", "true_positive_rate"], (false, true), (0, 1)),
        ("precision_recall", ["recall", "precision"], (recall, precision), (1, rate)),
    ):
        curve = curves[name]
        assert list(curve) == columns
        theirs = set(zip(*(each.round(m.DIGITS) for each in pairs), strict=True))
        assert set(curve.itertuples(index=False, name=None)) <= theirs
        along, up = curve.iloc[:, 0], curve.iloc[:, 1]
        assert along.is_monotonic_increasing
        assert (along.iloc[0], along.iloc[-1]) == (0, 1)
        assert (up.iloc[0], up.iloc[-1]) == ends
        assert m.POINTS / 2 < len(curve) <= m.POINTS + 2
    assert np.trapezoid(curves["roc"].iloc[:, 1], curves["roc"].iloc[:, 0]) == pytest.approx(
        sk.roc_auc_score(OUTCOME, SCORE), abs=1e-3
    )


def test_the_calibration_curve_is_the_calibrations_rounded() -> None:
    shown, exact = m.curves(OUTCOME, SCORE)["calibration"], m.calibration(OUTCOME, SCORE)
    assert shown.equals(exact.round(m.DIGITS))
    assert not shown.equals(exact)


@pytest.mark.parametrize("extreme", [False, True])
def test_the_log_loss_is_scikit_learns_to_the_last_bit(extreme: bool) -> None:
    random = np.random.default_rng(0)
    outcome, score = random.random(5000) < 0.25, random.random(5000)
    if extreme:
        score[:100], score[100:200] = 0.0, 1.0
    assert m.log_loss(outcome, score) == sk.log_loss(outcome, score)
