"""The paired block bootstrap: its values by hand and against the metrics, its claims by simulation.

The simulated windows have days that are unlike each other and hit each model in their own way, as
real ones do. Seeds are fixed; rates that are stated are of 2,000 simulations.
"""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import t as student

from retrain import metrics as m
from retrain.ci import resample as r
from retrain.ci import weighted
from retrain.ci.verdict import Difference

NAMES = list(m.HIGHER_IS_BETTER)
BY_DAY = r.Resampling(block="day", resamples=200, confidence=0.95, seed=1)
SIMULATIONS = 400
Simulated = dict[str, list[Difference]]


def window(
    rng: np.random.Generator,
    days: int = 30,
    rows: int = 60,  # a day, on average
    shift: float = 0.2,  # a day's own on each model, deviation in log odds
    noise: tuple[float, float] = (0.3, 0.3),  # a row's, of this model and the other
) -> pd.DataFrame:
    """Return rows on which the models are equally good, by symmetry, unless their noise differs."""
    day = np.repeat(np.arange(days), rng.integers(rows // 2, rows * 3 // 2 + 1, days))
    luck = rng.normal(0, 0.8, days)[day]
    odds = rng.normal(-1.2, 1, len(day)) + luck
    known = odds - 0.7 * luck  # no model knows all of a day
    this, other = (
        expit(known + rng.normal(0, shift, days)[day] + rng.normal(0, each, len(day)))
        for each in noise
    )
    outcome = rng.random(len(day)) < expit(odds)
    return pd.DataFrame({"outcome": outcome, "score": this, "other": other, "day": day})


def simulate(
    names: list[str],
    make: Callable[[np.random.Generator], pd.DataFrame],
    simulations: int = SIMULATIONS,
    how: r.Resampling = BY_DAY,
) -> Simulated:
    found: Simulated = {name: [] for name in names}
    for seed in range(simulations):
        rows = make(np.random.default_rng(seed))
        for name, each in r.compare(rows, names, replace(how, seed=seed), 10).items():
            found[name].append(each)
    return found


def beyond(found: Difference, name: str, tolerance: float) -> bool:
    """Say whether all of the interval is an improvement by more than the tolerance."""
    assert found.low is not None
    assert found.high is not None
    return (found.low if m.HIGHER_IS_BETTER[name] else -found.high) > tolerance


def share_beyond(found: list[Difference], name: str, tolerance: float) -> float:
    return float(np.mean([beyond(each, name, tolerance) for each in found]))


def coverage(found: list[Difference], truth: float) -> float:
    held = [(each.low or 0) <= truth <= (each.high or 0) for each in found]
    return float(np.mean(held))


@pytest.fixture(scope="module")
def equally_good() -> Simulated:
    return simulate(["log_loss", "roc_auc"], window)


@pytest.fixture
def rows() -> pd.DataFrame:
    return window(np.random.default_rng(3), noise=(0.1, 1.5))


# ---- values


@pytest.mark.parametrize("kind", ["continuous", "ties", "constant", "certain and wrong"])
@pytest.mark.parametrize("name", NAMES)
def test_each_resample_has_the_value_of_the_metric_with_weights(name: str, kind: str) -> None:
    rows = window(np.random.default_rng(5), days=5).sample(frac=1, random_state=0)
    outcome, score = rows["outcome"].to_numpy(), rows["score"].to_numpy()
    score = {
        "continuous": score,
        "ties": score.round(1).clip(0.05, 0.95),
        "constant": np.full(len(rows), 0.3),
        "certain and wrong": np.where(
            np.arange(len(rows)) % 50, 0.1 + 0.8 * outcome, 1.0 - outcome
        ),
    }[kind]
    block, weight = weighted.draw(rows["day"], 200, seed=1)
    assert (weight == 0).any(axis=1).mean() > 0.9  # most resamples lack a day
    judge = getattr(m, name)
    bins = (10,) if name == "calibration_error" else ()
    expected = [judge(outcome, score, each[block], *bins) for each in weight]
    values = weighted.metrics(outcome, score, block, weight, [name], 10)[name]
    assert values == pytest.approx(expected, abs=1e-9)


def test_resamples_are_taken_in_chunks(rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = r.compare(rows, NAMES, BY_DAY, 10)
    monkeypatch.setattr(weighted, "AT_ONCE", 7 * len(rows))
    assert r.compare(rows, NAMES, BY_DAY, 10) == at_once


def test_a_bin_that_no_row_was_drawn_for_counts_nothing() -> None:
    score = np.array([0.1, 0.2, 0.8, 0.9])
    outcome = np.array([False, False, True, False])
    weight = np.array([[2.0, 0.0]])
    block, names = np.array([0, 0, 1, 1]), ["calibration_error"]
    values = weighted.metrics(outcome, score, block, weight, names, bins=2)
    assert values["calibration_error"] == pytest.approx([0.15])


def test_all_blocks_are_drawn_alike_and_the_first_draw_is_the_rows_themselves() -> None:
    block, weight = weighted.draw(pd.Series(list("cabdefghijc")), 5_000, seed=1)
    assert block.tolist() == [2, 0, 1, 3, 4, 5, 6, 7, 8, 9, 2]
    assert weight.shape == (5_001, 10)
    assert weight[0].tolist() == [1] * 10
    assert (weight.sum(axis=1) == 10).all()
    assert weight[1:].mean(axis=0) == pytest.approx(1, abs=0.06)


def test_the_values_are_the_metrics_of_all_rows(rows: pd.DataFrame) -> None:
    found = r.compare(rows, NAMES, BY_DAY, 10)
    for column in ("score", "other"):
        expected = m.metrics(rows["outcome"].to_numpy(), rows[column].to_numpy(), 10)
        attribute = "this" if column == "score" else "other"
        values = {name: getattr(each, attribute) for name, each in found.items()}
        assert values == pytest.approx(expected, abs=1e-5)


def test_the_interval_of_a_mean_is_students_of_the_blocks_means() -> None:
    rows = window(np.random.default_rng(1), days=8)
    rows = rows.groupby("day").head(25)  # as many rows a day
    found = r.compare(rows, ["brier"], replace(BY_DAY, resamples=20_000), 10)["brier"]
    error = (rows["score"] - rows["outcome"]) ** 2 - (rows["other"] - rows["outcome"]) ** 2
    means = error.groupby(rows["day"]).mean()
    low, high = student.interval(0.95, len(means) - 1, means.mean(), means.sem())
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.03 * (high - low))


def test_confidence_widens(rows: pd.DataFrame) -> None:
    narrow = r.compare(rows, ["brier"], replace(BY_DAY, confidence=0.8), 10)["brier"]
    wide = r.compare(rows, ["brier"], replace(BY_DAY, confidence=0.99), 10)["brier"]
    assert (wide.low or 0) < (narrow.low or 0) < (narrow.high or 0) < (wide.high or 0)


def test_the_same_seed_gives_the_same_numbers_and_another_one_others(rows: pd.DataFrame) -> None:
    first = r.compare(rows, NAMES, BY_DAY, 10)
    assert r.compare(rows, NAMES, BY_DAY, 10) == first
    assert r.compare(rows.iloc[::-1], NAMES[:1], BY_DAY, 10)["roc_auc"] == first["roc_auc"]
    assert r.compare(rows, NAMES, replace(BY_DAY, seed=2), 10) != first


# ---- what is said of them


def test_the_better_model_is_better_in_each_metrics_direction(rows: pd.DataFrame) -> None:
    found = r.compare(rows, NAMES, BY_DAY, 10)
    assert {name: each.effect for name, each in found.items()} == dict.fromkeys(NAMES, "better")
    assert (found["roc_auc"].difference or 0) > 0 > (found["log_loss"].difference or 0)


def test_exchanged_models_give_the_opposite(rows: pd.DataFrame) -> None:
    found = r.compare(rows, NAMES, BY_DAY, 10)
    exchanged = rows.rename(columns={"score": "other", "other": "score"})
    for name, back in r.compare(exchanged, NAMES, BY_DAY, 10).items():
        there = found[name]
        assert (back.this, back.other, back.effect) == (there.other, there.this, "worse")
        assert (back.difference, back.low, back.high) == pytest.approx(
            [-(value or 0) for value in (there.difference, there.high, there.low)]
        )


def test_a_model_is_within_noise_of_itself_without_any_noise(rows: pd.DataFrame) -> None:
    for found in r.compare(rows.assign(other=rows["score"]), NAMES, BY_DAY, 10).values():
        assert (found.difference, found.low, found.high) == (0, 0, 0)
        assert found.effect == "within noise"


def test_a_ranking_of_one_class_is_undefined_and_the_rest_is_not(rows: pd.DataFrame) -> None:
    found = r.compare(rows[rows["outcome"]], NAMES, BY_DAY, 10)
    nothing = Difference(
        this=None, other=None, difference=None, low=None, high=None, effect="undefined"
    )
    assert found["roc_auc"] == nothing
    assert found["brier"].low is not None
    assert r.compare(rows[~rows["outcome"]], NAMES, BY_DAY, 10)["average_precision"] == nothing


@pytest.mark.parametrize("days", [0, 1])
def test_fewer_than_two_blocks_have_no_interval(rows: pd.DataFrame, days: int) -> None:
    for found in r.compare(rows[rows["day"] < days], NAMES, BY_DAY, 10).values():
        assert (found.this is None) == (days == 0)
        assert (found.low, found.high, found.effect) == (None, None, "undefined")


@pytest.mark.parametrize(("days_with", "effect"), [(1, "undefined"), (5, "worse")])
def test_resamples_without_the_outcome_are_left_out_unless_they_are_many(
    days_with: int, effect: str
) -> None:
    # of 10 days, so many have the outcome: a resample has none of it in 35 % or .1 % of the draws
    day = np.repeat(np.arange(10), 20)
    outcome = (np.arange(200) % 20 < 10) & (day < days_with)
    score = np.where(outcome, 0.2, 0.8) + np.arange(200) % 7 / 100
    rows = pd.DataFrame({"outcome": outcome, "score": score, "other": 1 - score, "day": day})
    how = replace(BY_DAY, resamples=2_000)
    block, weight = weighted.draw(rows["day"], 2_000, seed=1)
    values = weighted.metrics(outcome, score, block, weight, ["roc_auc"], 10)["roc_auc"]
    assert np.isnan(values).any()
    assert r.compare(rows, ["roc_auc"], how, 10)["roc_auc"].effect == effect


def test_less_than_the_last_digit_is_0_and_never_minus_0(rows: pd.DataFrame) -> None:
    for sign in (1, -1):
        found = r.compare(rows.assign(other=rows["score"] + sign * 1e-10), NAMES, BY_DAY, 10)
        for each in found.values():
            assert str([each.difference, each.low, each.high]) == "[0.0, 0.0, 0.0]"
            assert each.effect == "within noise"


# ---- parts and caught


def test_parts_are_named_worst_first_and_small_ones_are_left_out() -> None:
    rows = window(np.random.default_rng(3), rows=200, noise=(0.1, 1.5))
    kind = np.array(["worse", "much worse", "same", "better"])[np.arange(len(rows)) % 4]
    kind[:9] = "small"
    better, worse = rows["score"], rows["other"]
    rows = rows.assign(
        kind=kind,
        score=np.select([kind == "worse", kind == "much worse"], [worse, 1 - better], better),
        other=np.select([kind == "better"], [worse], better),
    )
    for primary in ("log_loss", "roc_auc"):
        found = r.parts(rows, ["kind"], primary, BY_DAY, 10, 10)
        assert [part.value for part in found] == ["much worse", "worse", "same", "better"]
        assert {part.slice for part in found} == {"kind"}
        assert [part.rows for part in found] == [(kind == part.value).sum() for part in found]
        effects = [part.primary.effect for part in found]
        assert effects == ["worse", "worse", "within noise", "better"]


def test_undefined_parts_come_last(rows: pd.DataFrame) -> None:
    rows = rows.assign(kind=np.where(rows["outcome"], "a", np.where(rows["day"] < 1, "b", "c")))
    rows.loc[rows["day"] == 7, "kind"] = "d"
    rows.loc[rows["day"] > 7, "kind"] = "e"
    found = r.parts(rows, ["kind"], "roc_auc", BY_DAY, 10, 1)
    assert [part.value for part in found] == ["e", "a", "b", "c", "d"]


def test_an_interval_of_one_part_among_many_is_wider(rows: pd.DataFrame) -> None:
    rows = rows.assign(all="all", half=np.arange(len(rows)) % 2)
    [alone] = r.parts(rows, ["all"], "brier", BY_DAY, 10, 1)
    assert alone.primary == r.compare(rows, ["brier"], BY_DAY, 10)["brier"]
    among = r.parts(rows, ["all", "half"], "brier", BY_DAY, 10, 1)
    [again] = [part for part in among if part.slice == "all"]
    reach = student.ppf(1 - 0.05 / 3 / 2, 29) / student.ppf(1 - 0.05 / 2, 29)
    width, wider = ((each.high or 0) - (each.low or 0) for each in (alone.primary, again.primary))
    assert wider / width == pytest.approx(reach, rel=1e-3)


def test_no_parts_are_no_report(rows: pd.DataFrame) -> None:
    assert r.parts(rows, [], "brier", BY_DAY, 10, 1) == []
    assert r.parts(rows.assign(a=1), ["a"], "brier", BY_DAY, 10, 10_000) == []


def test_caught_by_hand() -> None:
    # two of ten rows are flagged: this model's highest are the two with the outcome in `hits`, the
    # other one has ties alone and flags the first two rows, of which one has the outcome
    rows = pd.DataFrame(
        {
            "outcome": [True, False, True, True, False, True, True, True, False, False],
            "score": [0.1, 0.2, 0.9, 0.1, 0.3, 0.8, 0.3, 0.2, 0.1, 0.2],
            "other": [0.5] * 10,
            "day": [1, 1, 1, 1, 1, 2, 2, 2, 2, 2],
        }
    )
    found = r.caught(rows, 0.2, BY_DAY)
    assert (found.flagged, found.positives) == (0.2, 6)
    assert (found.share.this, found.share.other) == (0.333333, 0.166667)
    # each day has three of the outcome: day 1 has one caught by each model, day 2 one by this one
    # alone; so the two days' differences are 0 and 1/3
    low, high = student.interval(0.95, 1, 1 / 6, 1 / 6)
    many = r.caught(rows, 0.2, replace(BY_DAY, resamples=20_000)).share
    assert many.difference == 0.166667
    assert (many.low, many.high) == pytest.approx((low, high), rel=0.03)
    assert many.effect == "within noise"


def test_caught_is_undefined_without_the_outcome(rows: pd.DataFrame) -> None:
    found = r.caught(rows.assign(outcome=False), 0.2, BY_DAY)
    assert (found.positives, found.share.this, found.share.effect) == (0, None, "undefined")


def test_more_is_caught_by_the_better_model(rows: pd.DataFrame) -> None:
    assert r.caught(rows, 0.2, BY_DAY).share.effect == "better"


# ---- statistics


@pytest.mark.slow
@pytest.mark.parametrize("name", ["log_loss", "roc_auc"])
@pytest.mark.parametrize("tolerance", [0, 0.001])
def test_an_equally_good_model_is_seldom_promoted(
    equally_good: Simulated, name: str, tolerance: float
) -> None:
    assert share_beyond(equally_good[name], name, tolerance) <= 0.05


@pytest.mark.parametrize("name", ["log_loss", "roc_auc"])
def test_the_interval_holds_no_difference_as_often_as_it_says(
    equally_good: Simulated, name: str
) -> None:
    assert 0.93 <= coverage(equally_good[name], 0) <= 0.97


@pytest.mark.slow
def test_the_interval_holds_a_true_difference_as_often_as_it_says() -> None:
    noise = (0.3, 0.6)
    world = window(np.random.default_rng(99), days=20_000, noise=noise)
    this, other = (
        m.metrics(world["outcome"].to_numpy(), world[column].to_numpy(), 10)
        for column in ("score", "other")
    )
    found = simulate(["log_loss", "roc_auc"], lambda rng: window(rng, noise=noise))
    for name, each in found.items():
        truth = (this[name] or 0) - (other[name] or 0)
        assert 0.93 <= coverage(each, truth) <= 0.97, name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("noise", "truth", "tolerance", "power"),
    [
        (0.2, -0.0024, 0.001, 0.11),  # twice a tolerance that is small beside the noise
        (0.3, -0.0065, 0.001, 0.75),  # what 30 days do find
        (0.4, -0.0123, 0.006, 0.79),  # twice a tolerance that is 1.4 times the half width
    ],
)
def test_an_improvement_is_found_as_often_as_stated(
    noise: float, truth: float, tolerance: float, power: float
) -> None:
    """The window is like a real month: 30 days of 900 rows, an interval of ± .004 nats."""
    found = simulate(
        ["log_loss"], lambda rng: window(rng, rows=900, shift=0.08, noise=(0.1, noise))
    )["log_loss"]
    assert np.mean([each.difference for each in found]) == pytest.approx(truth, abs=3e-4)  # type: ignore[arg-type]
    half = np.mean([(each.high or 0) - (each.low or 0) for each in found]) / 2
    assert half == pytest.approx(0.0042, abs=0.0003)
    assert share_beyond(found, "log_loss", tolerance) == pytest.approx(power, abs=0.06)


def test_resampled_by_row_equally_good_models_seem_to_differ() -> None:
    def by_day(rng: np.random.Generator) -> pd.DataFrame:
        return window(rng, shift=0.5)

    def by_row(rng: np.random.Generator) -> pd.DataFrame:
        rows = by_day(rng)
        return rows.assign(day=np.arange(len(rows)))

    right, wrong = (
        np.mean([each.effect != "within noise" for each in found])
        for found in (simulate(["log_loss"], make, 100)["log_loss"] for make in (by_day, by_row))
    )
    assert right <= 0.08
    assert wrong >= 0.3


@pytest.mark.slow
@pytest.mark.parametrize("primary", ["log_loss", "roc_auc"])
def test_a_report_of_parts_seldom_names_one_by_mistake(primary: str) -> None:
    reports = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        rows = window(rng)
        rows = rows.assign(a=rng.integers(0, 8, len(rows)), b=rng.integers(0, 12, len(rows)))
        reports.append(r.parts(rows, ["a", "b"], primary, replace(BY_DAY, seed=seed), 10, 100))
    assert np.mean([len(report) for report in reports]) > 19
    named = [any(part.primary.effect in ("better", "worse") for part in each) for each in reports]
    assert np.mean(named) <= 0.07


def test_a_thousand_resamples_of_a_real_window_take_seconds_and_little_memory() -> None:
    rows = window(np.random.default_rng(1), days=30, rows=1_000)
    assert len(rows) == pytest.approx(30_000, rel=0.1)
    tracemalloc.start()
    started = time.process_time()
    r.compare(rows, NAMES, replace(BY_DAY, resamples=1_000), 10)
    seconds = time.process_time() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 5
    assert peak < 500e6
