"""Metrics by name: each by hand or scikit-learn's own; rounding, and what is undefined."""

from collections.abc import Iterable
from math import log

import numpy as np
import pytest
from sklearn import metrics as sk

from retrain.metrics import functions as m
from retrain.metrics.table import DIGITS, TABLE, Task, names, places

RNG = np.random.default_rng(7)
N = 4_000
OUTCOME = RNG.random(N) < 0.3
SCORE = np.clip(RNG.normal(0.3 + 0.2 * OUTCOME, 0.15), 0.001, 0.999)
BINARY = ["roc_auc", "average_precision", "brier", "log_loss", "calibration_error"]
ALL = set(BINARY)
# an outcome, what a perfect model predicts of it, and what a poor one does
CLASS = RNG.integers(0, 3, N)
CERTAIN = np.eye(3)[CLASS]
AMOUNT = RNG.normal(30, 10, N)
PROBLEMS: dict[Task, tuple[m.Array, m.Array, m.Array]] = {
    "binary": (OUTCOME, OUTCOME * 1.0, 1 - SCORE),
    "multiclass": (CLASS, CERTAIN, (1 - 0.8 * CERTAIN) / (3 - 0.8)),
    "regression": (AMOUNT, AMOUNT, AMOUNT.mean() + RNG.normal(0, 20, N)),
}


def metrics(outcome: m.Array, score: m.Array, wanted: Iterable[str]) -> m.Metrics:
    return m.metrics(outcome, score, {name: m.FUNCTIONS[name] for name in wanted})


def values(outcome: list[int], score: list[float]) -> m.Metrics:
    return metrics(np.array(outcome, bool), np.array(score, float), BINARY)


def test_each_metric_by_hand() -> None:
    assert values([0, 1, 0, 1], [0.1, 0.4, 0.6, 0.9]) == {
        "roc_auc": 0.75,  # of four pairs one is the wrong way round
        "average_precision": round((1 + 2 / 3) / 2, 5),
        "brier": 0.185,
        "log_loss": round(-(log(0.9) + log(0.4)) / 2, 5),
        "calibration_error": 0.35,  # a row is a bin
    }


def test_every_metric_has_a_direction_and_a_perfect_model_is_better_by_it() -> None:
    for task, (outcome, perfect, poor) in PROBLEMS.items():
        best, worst = (metrics(outcome, score, names(task)) for score in (perfect, poor))
        for name in names(task):
            higher, (low, high) = TABLE[name].higher_is_better, TABLE[name].domain
            assert (best[name] > worst[name]) is higher, name  # type: ignore[operator]
            assert best[name] == (1 if higher else 0), name
            assert low <= (worst[name] or 0) <= high


def test_every_metric_of_the_table_has_a_function() -> None:
    assert list(m.FUNCTIONS) == list(TABLE)


def test_who_is_certain_and_wrong_loses_much_and_not_everything() -> None:
    assert 10 < (values([0, 1], [0.0, 0.0])["log_loss"] or 0) < 50


def test_the_last_bits_do_not_show() -> None:
    found = metrics(OUTCOME, SCORE, BINARY)
    assert metrics(OUTCOME, np.nextafter(SCORE, 1), BINARY) == found
    assert found == {name: round(value or 0, DIGITS) for name, value in found.items()}
    loss = sk.log_loss(OUTCOME, SCORE)
    assert found["log_loss"] == pytest.approx(loss, abs=0.5 * 10**-DIGITS)
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
    assert values(outcome, score)["calibration_error"] == round(0.15 * 2 / 11, DIGITS)
    assert values(outcome[::-1], score[::-1]) == values(outcome, score)


def test_too_high_and_too_low_probabilities_do_not_cancel_out() -> None:
    # on average .5, as many as there are; but neither half of the rows is .3 or .7
    assert values([0, 1] * 10, [0.3] * 10 + [0.7] * 10)["calibration_error"] == 0.2


@pytest.mark.parametrize("extreme", [False, True])
def test_the_log_loss_is_scikit_learns_to_the_last_bit(extreme: bool) -> None:
    random = np.random.default_rng(0)
    outcome, score = random.random(5000) < 0.25, random.random(5000)
    if extreme:
        score[:100], score[100:200] = 0.0, 1.0
    assert m.log_loss(outcome, score) == sk.log_loss(outcome, score)


# ---- other tasks


def test_those_of_classes_are_scikit_learns() -> None:
    score = RNG.dirichlet([2, 1, 1], N) * 0.7 + 0.3 * CERTAIN
    likeliest = score.argmax(axis=1)
    assert metrics(CLASS, score, names("multiclass")) == pytest.approx(
        {
            "log_loss": sk.log_loss(CLASS, score),
            "accuracy": sk.accuracy_score(CLASS, likeliest),
            "f1_macro": sk.f1_score(CLASS, likeliest, average="macro"),
            "roc_auc_ovr": sk.roc_auc_score(CLASS, score, multi_class="ovr"),
        },
        abs=1e-5,
    )


def test_where_a_class_has_no_row_its_ranking_is_undefined_and_the_rest_is_not() -> None:
    found = metrics(np.array([0, 1, 1]), np.eye(3)[[0, 1, 2]], names("multiclass"))
    assert found["roc_auc_ovr"] is None
    assert found["accuracy"] == pytest.approx(2 / 3, abs=1e-5)


def test_those_of_numbers_keep_their_digits_however_large_the_unit() -> None:
    for unit in (1e-6, 1, 1e6):
        score = AMOUNT + 3
        found = metrics(AMOUNT * unit, score * unit, ["mean_absolute_error"])
        assert found["mean_absolute_error"] == pytest.approx(3 * unit, rel=1e-5)
    assert metrics(AMOUNT, AMOUNT + 1 / 3, ["mean_absolute_error"]) == {
        "mean_absolute_error": 0.333333
    }


def test_an_outcome_that_is_always_the_same_has_no_variance_to_explain() -> None:
    assert metrics(np.ones(5), np.zeros(5), ["r2"]) == {"r2": None}


@pytest.mark.parametrize(
    ("values", "digits"),
    [([0.5312], 4), ([0.0123], 4), ([32.12], 3), ([153201.0], 0), ([0.00123], 5), ([1e-7], 9), ([0.0], 4), ([None, 7.0], 4)],
)  # fmt: skip
def test_people_read_three_digits_or_more(values: list[float | None], digits: int) -> None:
    assert places(*values) == digits


def test_a_floor_is_one_that_a_model_can_reach_and_fall_short_of() -> None:
    assert not TABLE["log_loss"].can_reach(0)
    assert not TABLE["roc_auc"].can_reach(1)
    assert TABLE["roc_auc"].can_reach(0.5)
    assert TABLE["r2"].can_reach(-3)


def test_macro_f1_counts_a_class_without_rows() -> None:
    outcome, score = np.array([0, 0, 1, 1]), np.eye(3)[[0, 0, 1, 1]]
    assert m.FUNCTIONS["f1_macro"](outcome, score) == pytest.approx(2 / 3)
