"""How far two models are apart: by hand, from either side, and where they are alike."""

from math import pi, tan

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import t as student

from retrain.gate.difference import Measured, Pair, difference, paired
from retrain.gate.schema import Difference
from retrain.metrics.functions import FUNCTIONS, Array
from retrain.metrics.table import SHARE, TABLE, Metric
from tests.retrain.metrics.test_functions import metrics

NAMES = ["roc_auc", "average_precision", "brier", "log_loss", "calibration_error"]
OPPOSITE = {"better": "worse", "worse": "better"}


def window(days: int = 12, rows: int = 100, noise: float = 2) -> pd.DataFrame:
    """Return rows whose score is better than the other one, which has this noise (in log odds)."""
    rng = np.random.default_rng(3)
    day = np.repeat(np.arange(days), rng.integers(rows // 2, rows * 3 // 2 + 1, days))
    odds = rng.normal(-1.2, 1, len(day)) + rng.normal(0, 0.8, days)[day]
    this, other = (expit(odds + rng.normal(0, each, len(day))) for each in (0.1, noise))
    outcome = rng.random(len(day)) < expit(odds)
    return pd.DataFrame({"outcome": outcome, "score": this, "other": other, "day": day})


def compared(
    rows: pd.DataFrame, confidence: float = 0.95, ordered: bool = True
) -> dict[str, Difference]:
    pair = paired(rows, "day", ordered)
    return {name: by(pair, name, confidence) for name in NAMES}


def by(pair: Pair, name: str, confidence: float = 0.95) -> Difference:
    return difference(pair.measured(FUNCTIONS[name]), TABLE[name], confidence)


@pytest.fixture
def rows() -> pd.DataFrame:
    return window()


@pytest.fixture(scope="module")
def found() -> dict[str, Difference]:
    """Return what is found of `rows`."""
    return compared(window())


# ---- by hand


def test_the_values_are_the_metrics_of_all_rows(
    rows: pd.DataFrame, found: dict[str, Difference]
) -> None:
    for column, attribute in (("score", "this"), ("other", "other")):
        expected = metrics(rows["outcome"].to_numpy(), rows[column].to_numpy(), NAMES)
        values = {name: getattr(each, attribute) for name, each in found.items()}
        assert values == pytest.approx(expected, abs=1e-5)


def gaps(rows: pd.DataFrame) -> "pd.Series[float]":
    """Return the difference in squared error, a row."""
    return (rows["score"] - rows["outcome"]) ** 2 - (rows["other"] - rows["outcome"]) ** 2


def test_the_interval_of_a_mean_over_independent_blocks_is_students_of_their_means() -> None:
    rows = window(days=8).groupby("day").head(25)  # as many rows a day
    found = compared(rows, ordered=False)["brier"]
    means = gaps(rows).groupby(rows["day"]).mean()
    expected = student.interval(0.95, 7, means.mean(), means.sem())
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-6)
    assert found.difference == pytest.approx(means.mean(), abs=1e-6)
    assert found.likely == pytest.approx(student.cdf(-means.mean() / means.sem(), 7), abs=1e-6)


def cosine_error(values: "pd.Series[float]", number: int) -> float:
    """Return the standard error of the mean of a series by its first cosines, written out."""
    count, squares = len(values), 0.0
    for each in range(1, number + 1):
        angles = each * pi * (np.arange(count) + 0.5) / count
        squares += (values * np.cos(angles)).sum() ** 2 * 2 / count
    return float((squares / number / count) ** 0.5)


@pytest.mark.parametrize("gone", [[], [2, 7]], ids=["every day", "days without a row"])
def test_the_interval_of_a_mean_over_days_is_that_of_a_series_of_their_influences(
    gone: list[int],
) -> None:
    rows = window(days=8)
    pair = paired(rows, "day", ordered=True)
    pair = pair.subset(~np.isin(pair.block, gone))
    rows = rows[~rows["day"].isin(gone)]
    gap = gaps(rows)
    # each day's influence: eight times the mean of all, less seven times that without the day
    influence = pd.Series([8 * gap.mean() - 7 * gap[rows["day"] != day].mean() for day in range(8)])
    assert influence[gone].tolist() == pytest.approx([gap.mean()] * len(gone))
    found = by(pair, "brier")
    reach = student.ppf(0.975, 3) * cosine_error(influence, 3)  # 3 cosines for 8 days
    assert (found.low, found.high) == pytest.approx(
        (gap.mean() - reach, gap.mean() + reach), abs=1e-6
    )


def test_order_matters_among_days_and_not_among_rows(
    rows: pd.DataFrame, found: dict[str, Difference]
) -> None:
    dates = rows.assign(day=rows["day"].map(lambda day: f"2013-06-{day + 1:02}"))
    assert compared(dates.sample(frac=1, random_state=1)) == found
    other_days = rows.assign(day=np.random.default_rng(1).permutation(12)[rows["day"]])
    assert compared(other_days)["brier"].low != found["brier"].low
    assert compared(other_days, ordered=False) == compared(rows, ordered=False)


def test_confidence_widens(rows: pd.DataFrame) -> None:
    narrow, wide = (compared(rows, confidence)["brier"] for confidence in (0.8, 0.99))
    assert (wide.low or 0) < (narrow.low or 0) < (narrow.high or 0) < (wide.high or 0)
    assert wide.likely == narrow.likely


# ---- the word for it


def mean(_: Array, score: Array) -> float:
    return float(score.mean())


UP, DOWN = (Metric(higher, ("binary",), SHARE) for higher in (True, False))


def chance(better: float, sign: int = 1) -> Measured:
    """Return two blocks whose means differ so much that one model is better with this confidence.

    For Student's t with one degree of freedom that is 1/2 + atan(t) / pi.
    """
    t = tan((better - 0.5) * pi)
    this = sign * np.array([t + 1, t - 1])
    outcome, blocks = np.array([True, False]), np.arange(2)
    return Pair(outcome, this, np.zeros(2), blocks, 2, ordered=False).measured(mean)


@pytest.mark.parametrize(
    ("likely", "side"),
    [
        (0.5, "not clear"),
        (0.799, "not clear"),
        (0.8, "likely"),
        (0.9, "likely"),
        (0.974, "likely"),
        (0.975, "surely"),
        (0.999, "surely"),
    ],
)
@pytest.mark.parametrize("higher", [True, False])
def test_how_likely_it_is_has_a_word(likely: float, side: str, higher: bool) -> None:
    sign = 1 if higher else -1
    for better, who in ((likely, "better"), (1 - likely, "worse")):
        found = difference(chance(better, sign), UP if higher else DOWN, 0.95)
        assert found.likely == pytest.approx(better, abs=1e-6)
        assert found.effect == (side if side == "not clear" else f"{side} {who}")
        outside = (found.low or 0) > 1e-5 or (found.high or 0) < -1e-5
        assert outside == (likely > 0.975)


def test_surely_asks_for_as_much_as_the_policys_confidence() -> None:
    effects = [difference(chance(0.93), UP, confidence).effect for confidence in (0.8, 0.9)]
    assert effects == ["surely better", "likely better"]
    assert difference(chance(0.93), UP, 0.9, likely=0.95).effect == "not clear"


def test_the_better_model_is_better_in_each_metrics_direction(
    found: dict[str, Difference],
) -> None:
    effects = {name: each.effect for name, each in found.items()}
    assert effects == dict.fromkeys(NAMES, "surely better")
    assert (found["roc_auc"].difference or 0) > 0 > (found["log_loss"].difference or 0)
    for name, each in found.items():
        assert (each.low or 0) < (each.difference or 0) < (each.high or 0), name


@pytest.mark.parametrize("noise", [2, 0.12])
def test_exchanged_models_give_the_opposite(noise: float) -> None:
    rows = window(noise=noise)
    found = compared(rows)
    exchanged = rows.rename(columns={"score": "other", "other": "score"})
    for name, back in compared(exchanged).items():
        there = found[name]
        sure, _, side = there.effect.partition(" ")
        assert (back.this, back.other) == (there.other, there.this)
        assert back.effect == f"{sure} {OPPOSITE.get(side, side)}"
        assert (back.difference, back.low, back.high, back.likely) == pytest.approx(
            [
                *(-(value or 0) for value in (there.difference, there.high, there.low)),
                1 - (there.likely or 0),
            ],
            abs=1e-9,
        )


# ---- no difference


def test_a_model_is_no_better_than_itself(rows: pd.DataFrame) -> None:
    for found in compared(rows.assign(other=rows["score"])).values():
        assert (found.difference, found.low, found.high) == (0, 0, 0)
        assert (found.likely, found.effect) == (0.5, "not clear")


@pytest.mark.parametrize("sign", [1, -1])
def test_less_than_the_last_digit_is_0_and_never_minus_0(rows: pd.DataFrame, sign: int) -> None:
    for found in compared(rows.assign(other=rows["score"] + sign * 1e-10)).values():
        assert str([found.difference, found.low, found.high]) == "[0.0, 0.0, 0.0]"
        assert (found.likely, found.effect) == (0.5, "not clear")


NOTHING = Difference(
    this=None, other=None, difference=None, low=None, high=None, likely=None, effect="undefined"
)


@pytest.mark.parametrize("outcome", [True, False])
def test_a_ranking_of_one_class_is_undefined_and_the_rest_is_not(
    rows: pd.DataFrame, outcome: bool
) -> None:
    found = compared(rows[rows["outcome"] == outcome])
    assert {name for name in NAMES if found[name] == NOTHING} == {"roc_auc", "average_precision"}
    assert found["brier"].low is not None


def test_where_one_day_has_all_of_a_class_a_ranking_has_no_interval(rows: pd.DataFrame) -> None:
    found = compared(rows.assign(outcome=(rows["day"] == 3) & rows["outcome"]))["roc_auc"]
    assert found.this is not None
    assert (found.low, found.high, found.likely, found.effect) == (None, None, None, "undefined")


@pytest.mark.parametrize("days", [0, 1])
@pytest.mark.parametrize("ordered", [True, False])
def test_fewer_than_two_blocks_have_no_interval(
    rows: pd.DataFrame, days: int, ordered: bool
) -> None:
    for found in compared(rows[rows["day"] < days], ordered=ordered).values():
        assert (found.this is None) == (found.difference is None) == (days == 0)
        assert (found.low, found.high, found.likely, found.effect) == (
            None,
            None,
            None,
            "undefined",
        )


def test_rows_of_one_of_many_blocks_have_none_either(rows: pd.DataFrame) -> None:
    pair = paired(rows, "day", ordered=True)
    found = by(pair.subset(pair.block == 3), "brier")
    assert found.difference is not None
    assert (found.low, found.effect) == (None, "undefined")
