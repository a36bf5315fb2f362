from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import log_loss, roc_auc_score

from retrain.gate.interval import Estimate, cosines, estimate, pseudo_values
from retrain.metrics.functions import Floats


def leaving_out(values: Floats) -> tuple[float, Floats]:
    """Return the mean of all, and of all without each in turn."""
    return float(values.mean()), (values.sum() - values) / (len(values) - 1)


def known(whole: float, without: Floats, ordered: bool) -> Estimate:
    found = estimate(whole, without, ordered)
    assert found is not None
    return found


# ---- pseudo-values


def test_the_pseudo_values_of_a_mean_are_the_values() -> None:
    values = np.random.default_rng(1).normal(size=12)
    assert pseudo_values(*leaving_out(values)) == pytest.approx(values)


def test_a_block_without_rows_has_the_whole_as_its_pseudo_value() -> None:
    whole, without = 0.1, np.array([0.3, 0.1, -0.2])
    assert pseudo_values(whole, without)[1] == whole
    assert pseudo_values(whole, without) == pytest.approx([-0.3, 0.1, 0.7])


# ---- the error


def test_independent_blocks_have_students_t() -> None:
    values = np.random.default_rng(1).normal(0.2, 1, size=9)
    found = known(*leaving_out(values), ordered=False)
    expected = stats.t.interval(0.9, 8, values.mean(), stats.sem(values))
    assert found.bounds(0.9) == pytest.approx(expected)
    tested = stats.ttest_1samp(values, 0.1, alternative="less")
    assert found.confidence_above(0.1) == pytest.approx(tested.pvalue)


def wave(number: int) -> Floats:
    """Return 30 days of the cosine that has so many half periods in them."""
    return np.cos(number * np.pi * (np.arange(30) + 0.5) / 30)


def test_what_moves_slowly_is_uncertain_and_what_moves_fast_is_not() -> None:
    for number in (1, 8):  # one of eight cosines has half the sum of squares of thirty days
        found = known(*leaving_out(3 + wave(number)), ordered=True)
        assert (found.value, found.error, found.degrees) == pytest.approx((3, 0.25, 8))
    assert known(*leaving_out(3 + wave(9)), ordered=True).error == pytest.approx(0, abs=1e-12)


def test_the_order_counts_where_blocks_are_ordered_and_nowhere_else() -> None:
    rng = np.random.default_rng(1)
    values = np.repeat(rng.normal(size=10), 3)  # three days of the same weather, ten times
    mixed = rng.permutation(values)
    ordered, shuffled, alone, shuffled_alone = (
        known(*leaving_out(each), ordered=how) for how in (True, False) for each in (values, mixed)
    )
    assert ordered.error > 1.5 * shuffled.error
    assert alone.error == pytest.approx(shuffled_alone.error)
    backwards = known(*leaving_out(values[::-1]), ordered=True)
    assert backwards == Estimate(*(pytest.approx(each) for each in vars(ordered).values()))


def test_the_centre_is_the_difference_on_all_rows() -> None:
    found = known(0.5, np.array([0.3, 0.1, -0.2]), ordered=True)
    assert found.value == 0.5


def test_the_number_of_cosines() -> None:
    numbers = {blocks: cosines(blocks) for blocks in (2, 3, 5, 28, 30, 31, 61, 92, 1000)}
    assert numbers == {2: 1, 3: 2, 5: 2, 28: 7, 30: 8, 31: 8, 61: 12, 92: 16, 1000: 80}


# ---- confidence


def test_likely_and_bounds_agree() -> None:
    found = Estimate(0.02, 0.01, 8)
    low, high = found.bounds(0.95)
    assert found.confidence_above(low) == pytest.approx(0.975)
    assert found.confidence_above(high) == pytest.approx(0.025)
    assert found.confidence_above(0.02) == 0.5
    mirrored = Estimate(-0.02, 0.01, 8)
    assert mirrored.confidence_above(-low) == pytest.approx(1 - found.confidence_above(low))


def test_blocks_that_all_say_the_same_leave_no_doubt() -> None:
    for ordered in (True, False):
        found = known(0.1, np.full(30, 0.1), ordered)
        assert found.error == 0
        assert found.bounds(0.95) == (0.1, 0.1)
        assert [found.confidence_above(above) for above in (0.2, 0.1, 0)] == [0, 0.5, 1]


@pytest.mark.parametrize(
    ("whole", "without"),
    [
        (0.1, []),
        (0.1, [0.1]),  # one block
        (0.1, [0.1, float("nan"), 0.2]),  # undefined without the second block
        (float("nan"), [0.1, 0.2, 0.1]),
    ],
)
@pytest.mark.parametrize("ordered", [True, False])
def test_what_cannot_be_known_is_none(whole: float, without: list[float], ordered: bool) -> None:
    assert estimate(whole, np.array(without), ordered) is None


def test_two_blocks_are_enough_for_a_wide_interval() -> None:
    for ordered in (True, False):
        found = known(0.0, np.array([0.1, -0.1]), ordered)
        assert found.degrees == 1
        assert found.bounds(0.95)[1] > 1


# ---- metrics of rows


@pytest.mark.slow
@pytest.mark.parametrize("metric", [log_loss, roc_auc_score])
def test_the_error_is_about_the_deviation_over_many_windows(
    metric: Callable[[Floats, Floats], float],
) -> None:
    def difference(outcome: Floats, score: Floats, other: Floats) -> float:
        return metric(outcome, score) - metric(outcome, other)

    rng = np.random.default_rng(1)
    found, values = [], []
    for _ in range(40):
        logit = rng.normal(-1.2, 1, (20, 40)) + rng.normal(0, 0.5, (20, 1))
        outcome = rng.random((20, 40)) < 1 / (1 + np.exp(-logit))
        score, other = (
            1 / (1 + np.exp(-logit - rng.normal(0, noise, logit.shape))) for noise in (0.2, 0.6)
        )
        data = outcome, score, other
        whole = difference(*(each.ravel() for each in data))
        without = [
            difference(*(np.delete(each, day, 0).ravel() for each in data)) for day in range(20)
        ]
        found.append(known(whole, np.array(without), ordered=True).error ** 2)
        values.append(whole)
    assert np.sqrt(np.mean(found)) == pytest.approx(np.std(values), rel=0.3)
