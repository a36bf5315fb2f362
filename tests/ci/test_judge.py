"""Promote, keep or block: each gate with what passes it and what it stops."""

from typing import Any

import pytest

from retrain.ci.judge import blocked, decide
from retrain.ci.policy import POLICY, Gate, Policy
from retrain.ci.verdict import Comparison, Difference
from retrain.settings import read
from tests.conftest import ROOT

GOOD = {"log_loss": 0.5, "roc_auc": 0.75, "average_precision": 0.6, "brier": 0.17, "calibration_error": 0.03}  # fmt: skip
REFERENCE = {"log_loss": 0.55, "roc_auc": 0.7}


def gate(**changed: Any) -> Gate:
    return read(ROOT / POLICY, Policy).gate.model_copy(update=changed)


UNDEFINED = Difference(
    this=None, other=None, difference=None, low=None, high=None, effect="undefined"
)


def found(low: float, high: float) -> Difference:
    middle = (low + high) / 2
    return Difference(
        this=0.5 + middle, other=0.5, difference=middle, low=low, high=high, effect="within noise"
    )


def against(**metrics: Difference) -> Comparison:
    return Comparison(model="theirs", version="v1.0.0", rows=9, blocks=3, metrics=metrics)


def test_a_model_above_every_floor_is_not_blocked() -> None:
    assert blocked(gate(), GOOD, REFERENCE, []) == []


@pytest.mark.parametrize(
    ("metrics", "reference", "failures", "said"),
    [
        ({"roc_auc": 0.59}, {}, [], "roc_auc is 0.5900; the floor is at least 0.6"),
        ({"brier": 0.26}, {}, [], "brier is 0.2600; the floor is at most 0.25"),
        ({"log_loss": 0.7}, {"log_loss": 0.8}, [], "log_loss is 0.7000; the floor is at most 0.69"),
        ({"roc_auc": None}, {}, [], "roc_auc is undefined on the test window, and has a floor"),
        ({}, {"log_loss": 0.5}, [], "log_loss is 0.5000, no better than the reference's 0.5000"),
        (
            {},
            {"log_loss": None},
            [],
            "log_loss is 0.5000, no better than the reference's undefined",
        ),
        ({}, {}, ["test_rain: it fell"], "a behaviour test fails: test_rain: it fell"),
    ],
)
def test_each_gate_blocks(
    metrics: dict[str, Any], reference: dict[str, Any], failures: list[str], said: str
) -> None:
    assert blocked(gate(), GOOD | metrics, REFERENCE | reference, failures) == [said]


def test_the_reference_need_not_be_beaten_where_the_policy_does_not_ask() -> None:
    assert blocked(gate(beats_reference=False), GOOD, {"log_loss": 0.1}, []) == []


@pytest.mark.parametrize(
    ("promote_when", "low", "high", "verdict"),
    [  # of a metric where lower is better, with a tolerance of .0005
        ("better", -0.010, -0.002, "promote"),
        ("better", -0.010, -0.0005, "keep"),  # not beyond the tolerance
        ("better", -0.010, 0.002, "keep"),
        ("better", 0.002, 0.010, "keep"),  # the comparison turned round would promote
        ("not_worse", -0.010, 0.0004, "promote"),
        ("not_worse", -0.010, 0.002, "keep"),
        ("not_worse", 0.002, 0.010, "keep"),
    ],
)
def test_the_primary_metrics_interval_decides(
    promote_when: str, low: float, high: float, verdict: str
) -> None:
    champion = against(log_loss=found(low, high))
    assert decide(gate(promote_when=promote_when), "ours", champion)[0] == verdict


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.002, 0.010, "promote"),
        (-0.010, 0.002, "keep"),
        (-0.010, -0.006, "keep"),
    ],
)
def test_where_higher_is_better_the_interval_is_read_the_other_way(
    low: float, high: float, verdict: str
) -> None:
    policy = gate(
        primary="roc_auc",
        metrics={"roc_auc": gate().metrics["roc_auc"].model_copy(update={"tolerance": 0.001})},
    )
    assert decide(policy, "ours", against(roc_auc=found(low, high)))[0] == verdict


@pytest.mark.parametrize(
    ("guard", "low", "high", "verdict"),
    [
        ("brier", 0.0011, 0.01, "keep"),  # surely worse by more than .001
        ("brier", 0.0009, 0.01, "promote"),
        ("brier", -0.01, -0.002, "promote"),
        ("roc_auc", -0.02, -0.006, "keep"),  # surely worse by more than .005
        ("roc_auc", -0.02, -0.004, "promote"),
        ("roc_auc", 0.006, 0.02, "promote"),
    ],
)
def test_no_guard_may_lie_wholly_on_its_bad_side(
    guard: str, low: float, high: float, verdict: str
) -> None:
    champion = against(log_loss=found(-0.02, -0.01), **{guard: found(low, high)})
    outcome, reasons = decide(gate(), "ours", champion)
    assert outcome == verdict
    assert (guard in " ".join(reasons)) == (verdict == "keep")


def test_the_first_model_is_promoted() -> None:
    assert decide(gate(), "ours", None)[0] == "promote"


@pytest.mark.parametrize(
    ("champion", "said"),
    [
        (Comparison(model="ours", version="v1.0.0"), "it is the champion itself, to the byte"),
        (Comparison(model="theirs", version="v1.0.0", problem="it is gone"), "not comparable with the champion: it is gone"),
        (against(log_loss=UNDEFINED), "not comparable with the champion: log_loss is undefined"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_kept_and_says_so(champion: Comparison, said: str) -> None:
    assert decide(gate(), "ours", champion) == ("keep", [said])
