"""The curves of each task: what is drawn of one model."""

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from retrain.metrics.curves import POINTS, calibration, curves
from retrain.metrics.functions import BINS
from retrain.metrics.table import DIGITS
from tests.retrain.metrics.test_functions import AMOUNT, CERTAIN, CLASS, OUTCOME, SCORE, N

# ---- calibration


def test_calibration_is_scikit_learns_on_bins_of_equal_size() -> None:
    observed, predicted = calibration_curve(OUTCOME, SCORE, n_bins=BINS, strategy="quantile")
    curve = calibration(OUTCOME, SCORE)
    assert curve["predicted"].to_numpy() == pytest.approx(predicted, abs=1e-3)
    assert curve["observed"].to_numpy() == pytest.approx(observed, abs=1e-2)
    assert curve["rows"].tolist() == [N / BINS] * BINS


def test_rows_of_one_score_keep_their_order_on_every_machine() -> None:
    curve = calibration(np.repeat([False, True], 500), np.tile([0.1, 0.2], 500))
    assert curve["observed"].tolist() == [0, 0, 0.5, 1, 1] * 2


def test_fewer_rows_than_bins_are_a_bin_each() -> None:
    curve = calibration(np.array([True, False, True]), np.array([0.5, 0.1, 0.9]))
    assert curve.to_dict("list") == {
        "predicted": [0.1, 0.5, 0.9],
        "observed": [0, 1, 1],
        "rows": [1, 1, 1],
    }


# ---- curves


def test_curves_are_scikit_learns_own_points_from_one_end_to_the_other() -> None:
    drawn = curves(OUTCOME, SCORE, "binary")
    false, true, _ = sk.roc_curve(OUTCOME, SCORE, drop_intermediate=False)
    precision, recall, _ = sk.precision_recall_curve(OUTCOME, SCORE)
    rate = round(OUTCOME.mean(), DIGITS)
    for name, columns, pairs, ends in (
        ("roc", ["false_positive_rate", "true_positive_rate"], (false, true), (0, 1)),
        ("precision_recall", ["recall", "precision"], (recall, precision), (1, rate)),
    ):
        curve = drawn[name]
        assert list(curve) == columns
        theirs = set(zip(*(each.round(DIGITS) for each in pairs), strict=True))
        assert set(curve.itertuples(index=False, name=None)) <= theirs
        along, up = curve.iloc[:, 0], curve.iloc[:, 1]
        assert along.is_monotonic_increasing
        assert (along.iloc[0], along.iloc[-1]) == (0, 1)
        assert (up.iloc[0], up.iloc[-1]) == ends
        assert POINTS / 2 < len(curve) <= POINTS + 2
    assert np.trapezoid(drawn["roc"].iloc[:, 1], drawn["roc"].iloc[:, 0]) == pytest.approx(
        sk.roc_auc_score(OUTCOME, SCORE), abs=1e-3
    )


def test_the_calibration_curve_is_the_calibrations_rounded() -> None:
    shown, exact = curves(OUTCOME, SCORE, "binary")["calibration"], calibration(OUTCOME, SCORE)
    assert shown.equals(exact.round(DIGITS))
    assert not shown.equals(exact)


# ---- other tasks


def test_a_regression_has_residuals_over_what_is_predicted() -> None:
    drawn = curves(AMOUNT, AMOUNT + 2, "regression")
    assert list(drawn) == ["calibration", "residuals"]
    residuals = drawn["residuals"]
    assert residuals[["median", "low", "high"]].to_numpy() == pytest.approx(-2)
    assert residuals["predicted"].is_monotonic_increasing


def test_classes_are_counted_by_what_they_are_and_what_they_are_taken_for() -> None:
    confused = CERTAIN[:, [1, 0, 2]]
    table = curves(CLASS, confused, "multiclass", ["a", "b", "c"])["confusion"]
    rows = {(each.actual, each.predicted): each.rows for each in table.itertuples()}
    number = dict(zip("abc", np.bincount(CLASS), strict=True))
    assert rows == {("a", "b"): number["a"], ("b", "a"): number["b"], ("c", "c"): number["c"]}
