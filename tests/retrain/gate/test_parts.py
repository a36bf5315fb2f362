"""Parts of the rows, and the rows that would be flagged: named, and computed by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from retrain.gate.compare import parts, recall
from retrain.gate.difference import Pair, paired
from retrain.gate.policy import Policy
from retrain.gate.schema import Part
from retrain.settings import read
from tests.retrain.gate.test_difference import by, window
from tests.toys.toys import FULL_POLICY


@pytest.fixture
def rows() -> pd.DataFrame:
    return window()


GATE = read(FULL_POLICY, Policy).gate


def pair(rows: pd.DataFrame) -> Pair:
    return paired(rows, "day", ordered=True)


def found(
    rows: pd.DataFrame, slices: list[str], primary: str = "brier", min_rows: int = 1
) -> list[Part]:
    asked = {"primary": primary, "confidence": 0.95, "min_rows_slice": min_rows}
    return parts(pair(rows), rows[slices], GATE.model_copy(update=asked))


def width(part: Part) -> float:
    return (part.primary.high or 0) - (part.primary.low or 0)


# ---- parts


@pytest.mark.parametrize("primary", ["log_loss", "roc_auc"])
def test_parts_are_named_in_order_and_small_ones_are_left_out(primary: str) -> None:
    rows = window(days=20, rows=200, noise=1)
    kind = np.array(["worse", "much worse", "same", "better"])[np.arange(len(rows)) % 4]
    kind[:9] = "small"
    better, worse = rows["score"], rows["other"]
    rows = rows.assign(
        kind=kind,
        score=np.select([kind == "worse", kind == "much worse"], [worse, 1 - better], better),
        other=np.select([kind == "better"], [worse], better),
    )
    named = found(rows, ["kind"], primary, min_rows=10)
    assert [part.value for part in named] == ["better", "much worse", "same", "worse"]
    assert {part.slice for part in named} == {"kind"}
    assert [part.rows for part in named] == [(kind == part.value).sum() for part in named]
    effects = [part.primary.effect for part in named]
    assert effects == ["surely better", "surely worse", "not clear", "surely worse"]


def test_as_many_rows_as_are_asked_for_are_enough(rows: pd.DataFrame) -> None:
    rows = rows.assign(kind=np.where(np.arange(len(rows)) < 100, "a", "b"))
    assert {part.value for part in found(rows, ["kind"], min_rows=100)} == {"a", "b"}
    assert {part.value for part in found(rows, ["kind"], min_rows=101)} == {"b"}


def test_a_part_of_one_class_has_no_ranking(rows: pd.DataFrame) -> None:
    rows = rows.assign(kind=np.where(rows["outcome"], "late", "on time"))
    ranked = found(rows, ["kind"], "roc_auc")
    assert [part.primary.effect for part in ranked] == ["undefined", "undefined"]
    rows.loc[rows["day"] > 7, "kind"] = "mixed"
    assert [part.primary.effect == "undefined" for part in found(rows, ["kind"], "roc_auc")] == [
        True,
        False,
        True,
    ]


def test_a_part_that_some_days_lack_is_judged_by_all_days(rows: pd.DataFrame) -> None:
    odd = rows["day"] % 2 == 1
    [part] = found(rows.assign(half=pd.Series("odd", rows.index).where(odd)), ["half"])
    of_all_days = by(pair(rows).subset(odd.to_numpy()), "brier")
    assert (part.rows, part.primary.difference) == (odd.sum(), of_all_days.difference)
    assert (part.primary.low, part.primary.high) == (of_all_days.low, of_all_days.high)
    [of_six] = found(rows[odd].assign(half="odd"), ["half"])
    assert of_six.primary.difference == part.primary.difference
    assert of_six.primary.low != part.primary.low


def test_an_interval_of_one_part_among_many_is_wider(rows: pd.DataFrame) -> None:
    rows = rows.assign(all="all", half=np.arange(len(rows)) % 2)
    [alone] = found(rows, ["all"])
    whole = by(pair(rows), "brier")
    assert alone.primary == whole
    among = found(rows, ["all", "half"])
    assert len(among) == 3
    [again] = [part for part in among if part.slice == "all"]
    cosines = 4  # of twelve days
    reach = student.ppf(1 - 0.05 / 3 / 2, cosines) / student.ppf(1 - 0.05 / 2, cosines)
    assert width(again) / width(alone) == pytest.approx(reach, rel=1e-3)
    assert again.primary.likely == alone.primary.likely


def test_small_parts_do_not_widen_the_others(rows: pd.DataFrame) -> None:
    rows = rows.assign(all="all", few=np.where(np.arange(len(rows)) < 9, "small", "large"))
    [large] = found(rows, ["few"], min_rows=10)
    assert width(large) == pytest.approx(
        width(found(rows[rows["few"] == "large"], ["all"])[0]), abs=2e-6
    )


def test_what_is_not_sure_of_a_part_is_not_likely_either() -> None:
    rows = window(noise=0.35)
    rows = rows.assign(third=np.arange(len(rows)) % 3)
    named = found(rows, ["third"], "log_loss")
    chances = [part.primary.likely or 0 for part in named]
    assert any(0.9 < each < 0.99 for each in chances), chances
    for part, each in zip(named, chances, strict=True):
        assert part.primary.effect == ("surely better" if each > 1 - 0.05 / 6 else "not clear")


def test_rows_without_a_value_are_of_no_part(rows: pd.DataFrame) -> None:
    rows = rows.assign(kind=pd.Series("a", rows.index).where(rows["day"] > 3))
    [part] = found(rows, ["kind"])
    assert (part.value, part.rows) == ("a", (rows["day"] > 3).sum())


def test_no_parts_are_no_report(rows: pd.DataFrame) -> None:
    assert found(rows, []) == []
    assert found(rows.assign(a="a"), ["a"], min_rows=10_000) == []


# ---- the rows that would be flagged


FEW = pd.DataFrame(
    {
        "outcome": [True, False, True, True, False, True, True, True, False, False],
        "score": [0.1, 0.2, 0.9, 0.1, 0.3, 0.8, 0.3, 0.2, 0.1, 0.2],
        "other": [0.5] * 10,
        "day": [1, 1, 1, 1, 1, 2, 2, 2, 2, 2],
    }
)


def test_caught_by_hand() -> None:
    # two of ten rows are flagged: this model's highest are two that have the outcome; the other
    # one has ties alone and flags the first two rows, of which one has it
    among = recall(pair(FEW), 0.2, 0.95)
    assert (among.flagged, among.positives) == (0.2, 6)
    share = among.share
    assert (share.this, share.other, share.difference) == (0.33333, 0.16667, 0.166667)
    # three of each day have the outcome: on day 1 each model catches one of them, on day 2 this
    # one alone does; so the two days' differences are 0 and 1/3
    expected = student.interval(0.95, 1, 1 / 6, 1 / 6)
    assert (share.low, share.high) == pytest.approx(expected, abs=2e-5)
    assert (share.likely, share.effect) == (0.75, "not clear")


def test_which_rows_are_flagged_is_settled_once_and_not_without_each_day() -> None:
    # both flagged rows are of day 1: without it day 2 has none, and not two others
    score = [0.9, 0.1, 0.8, *[0.1] * 7]
    share = recall(pair(FEW.assign(score=score, other=0.0)), 0.2, 0.95).share
    assert (share.this, share.other) == (0.33333, 0.16667)
    expected = student.interval(0.95, 1, 1 / 6, 1 / 6)
    assert (share.low, share.high) == pytest.approx(expected, abs=2e-5)


def test_of_equal_scores_the_earlier_rows_are_flagged_on_every_machine() -> None:
    number = np.arange(1000)
    even = number % 2 == 0
    outcome, score = even & (number < 400), np.where(even, 0.6, 0.5)
    rows = pd.DataFrame(
        {"outcome": outcome, "score": score, "other": 1 - score, "day": number % 10}
    )
    share = recall(pair(rows), 0.2, 0.95).share
    assert (share.this, share.other) == (1, 0)


@pytest.mark.parametrize(("flagged", "share"), [(0.34, 0.5), (0.26, 0.5), (0.24, 0.33333)])
def test_the_flagged_are_a_whole_number_of_rows(flagged: float, share: float) -> None:
    score = np.where(FEW["outcome"], 0.9, 0.1)
    assert recall(pair(FEW.assign(score=score)), flagged, 0.95).share.this == share


def test_caught_is_undefined_without_the_outcome(rows: pd.DataFrame) -> None:
    among = recall(pair(rows.assign(outcome=False)), 0.2, 0.95)
    assert (among.positives, among.share.this, among.share.effect) == (0, None, "undefined")


def test_more_is_caught_by_the_better_model() -> None:
    rows = window(days=30)
    assert recall(pair(rows), 0.2, 0.95).share.effect == "surely better"
    worse = rows.rename(columns={"score": "other", "other": "score"})
    assert recall(pair(worse), 0.2, 0.95).share.effect == "surely worse"
