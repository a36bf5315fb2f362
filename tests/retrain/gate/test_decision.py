"""Promote, keep or block: each gate with what passes it and what it stops."""

import json
from pathlib import Path
from typing import Any

import pytest

from retrain.gate.decision import blocked, decide
from retrain.gate.gate import gate as judge
from retrain.gate.policy import Gate, Policy, Promote, Promotion
from retrain.gate.schema import Comparison, Difference, Part
from retrain.gate.schema import Tests as Ran  # pytest collects what is named Tests
from retrain.registry.next_version import Kind
from retrain.settings import read
from tests.toys.toys import FULL_POLICY

GOOD = {"log_loss": 0.5, "roc_auc": 0.75, "average_precision": 0.6, "brier": 0.17, "calibration_error": 0.03}  # fmt: skip
REFERENCE = {"log_loss": 0.55, "roc_auc": 0.7}
PASSED = Ran(passed=3, skipped=1, failed=[])
UNDEFINED = Difference(
    this=None, other=None, difference=None, low=None, high=None, likely=None, effect="undefined"
)
KINDS: list[Kind] = ["change", "data"]


def gate(**changed: Any) -> Gate:
    return read(FULL_POLICY, Policy).gate.model_copy(update=changed)


def promote(**rules: tuple[float, float]) -> Gate:
    """Return a gate with (confidence, margin) for `change` and `data`."""
    asked = {"change": (0.975, 0.0005), "data": (0.8, 0.0)} | rules
    made = {name: Promotion(confidence=c, margin=m) for name, (c, m) in asked.items()}
    return gate(promote=Promote(**made))


def found(low: float, high: float) -> Difference:
    """Return a difference with this interval, which says nothing else of interest."""
    apart = (low + high) / 2
    return Difference(
        this=0.5 + apart, other=0.5, difference=apart, low=low, high=high, likely=0.5, effect="not clear"
    )  # fmt: skip


def against(sure: float | None = 0.99, kind: Kind = "change", **guards: Difference) -> Comparison:
    metrics = {"log_loss": found(-0.02, 0.01)} | guards
    return Comparison(
        model="theirs", version="v1.0.0", rows=9, blocks=3, kind=kind, sure=sure, metrics=metrics
    )


# ---- what blocks


@pytest.mark.smoke
def test_a_model_above_every_floor_is_not_blocked() -> None:
    assert blocked(gate(), GOOD, REFERENCE, PASSED) == []
    assert blocked(gate(), GOOD, REFERENCE, None) == []


@pytest.mark.ml_test_score("Infra 4")
@pytest.mark.parametrize(
    ("metrics", "reference", "tests", "message"),
    [
        ({"roc_auc": 0.59}, {}, {}, "roc_auc is 0.5900; the floor is at least 0.6"),
        ({"brier": 0.26}, {}, {}, "brier is 0.2600; the floor is at most 0.25"),
        ({"log_loss": 0.7}, {"log_loss": 0.8}, {}, "log_loss is 0.7000; the floor is at most 0.69"),
        ({"roc_auc": None}, {}, {}, "roc_auc is undefined on the test window, and has a floor"),
        ({}, {"log_loss": 0.5}, {}, "log_loss is 0.5000, no better than the reference's 0.5000"),
        ({}, {"log_loss": None}, {}, "log_loss is 0.5000, no better than the reference's undefined"),
        ({}, {}, {"failed": ["test_rain: it fell"]}, "a behaviour test fails: test_rain: it fell"),
        ({}, {}, {"passed": 0, "failed": ["test_rain: wet"]}, "a behaviour test fails: test_rain: wet"),
        ({}, {}, {"passed": 0}, "no behaviour test of tests/model ran (1 were skipped)"),
    ],
)  # fmt: skip
def test_each_gate_blocks(
    metrics: dict[str, Any], reference: dict[str, Any], tests: dict[str, Any], message: str
) -> None:
    ran = PASSED.model_copy(update=tests)
    assert blocked(gate(), GOOD | metrics, REFERENCE | reference, ran) == [message]


def test_a_behaviour_test_that_only_warns_blocks_nothing_and_has_run() -> None:
    warned = Ran(passed=0, skipped=0, failed=[], warned=["test_cost: it is slow"])
    assert blocked(gate(), GOOD, REFERENCE, warned) == []


def test_a_floor_that_is_just_reached_is_reached() -> None:
    assert blocked(gate(), GOOD | {"roc_auc": 0.6, "brier": 0.25}, REFERENCE, PASSED) == []


def test_the_reference_need_not_be_beaten_where_the_policy_does_not_ask() -> None:
    assert blocked(gate(beats_reference=False), GOOD, {"log_loss": 0.1}, None) == []


# ---- what promotes


@pytest.mark.parametrize(
    ("kind", "sure", "verdict"),
    [
        ("change", 1, "promote"),
        ("change", 0.975, "promote"),
        ("change", 0.9749, "keep"),
        ("change", 0.8, "keep"),
        ("data", 0.8, "promote"),
        ("data", 0.7999, "keep"),
        ("data", 0, "keep"),
    ],
)
def test_the_confidence_that_its_kind_asks_for_decides(
    kind: Kind, sure: float, verdict: str
) -> None:
    assert decide(promote(), "ours", against(sure, kind))[0] == verdict


@pytest.mark.parametrize(("sure", "verdict"), [(0.9, "promote"), (0.7, "keep")])
@pytest.mark.parametrize(("low", "high"), [(-0.02, -0.01), (-0.02, 0.01), (0.01, 0.02)])
def test_and_the_interval_that_is_shown_does_not(
    low: float, high: float, sure: float, verdict: str
) -> None:
    champion = against(sure, "data", log_loss=found(low, high))
    assert decide(promote(), "ours", champion)[0] == verdict


@pytest.mark.parametrize(
    ("kind", "rule", "sure", "message"),
    [
        ("change", (0.975, 0.0005), 0.98, "; it is 98% sure that this model is better by more than 0.0005, and a change of code, parameters or packages needs 97.5%"),
        ("change", (0.975, 0.0005), 0.97499, "; it is 97.4% sure that this model is better by more than 0.0005, and a change of code, parameters or packages needs 97.5%"),
        ("change", (0.975, 0.0005), 0.99999, "; it is 99.9% sure that this model is better by more than 0.0005, and a change of code, parameters or packages needs 97.5%"),
        ("data", (0.8, 0.0), 1.0, "; it is 100% sure that this model is better, and newer data alone need 80%"),
        ("data", (0.8, 0.0), 0.29, "; it is 29% sure that this model is better, and newer data alone need 80%"),
        ("data", (0.5, -0.002), 0.57, "; it is 57% sure that this model is not worse by more than 0.002, and newer data alone need 50%"),
    ],
)  # fmt: skip
def test_the_reason_has_the_numbers_that_decide(
    kind: Kind, rule: tuple[float, float], sure: float, message: str
) -> None:
    _, reasons = decide(promote(**{kind: rule}), "ours", against(sure, kind))
    shown = "log_loss 0.5000 to 0.4950, a difference of -0.0050 (95% interval -0.0200 to +0.0100)"
    assert reasons == [shown + message]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", [(0.975, 0.0005), (0.5, -0.1)], ids=["better", "not worse"])
@pytest.mark.parametrize(
    ("guard", "low", "high", "verdict"),
    [
        ("brier", 0.0011, 0.01, "keep"),  # surely worse by more than .001
        ("brier", 0.001, 0.01, "promote"),
        ("brier", 0.0009, 0.01, "promote"),
        ("brier", -0.01, -0.002, "promote"),
        ("roc_auc", -0.02, -0.006, "keep"),  # surely worse by more than .005
        ("roc_auc", -0.02, -0.005, "promote"),
        ("roc_auc", -0.02, -0.004, "promote"),
        ("roc_auc", 0.006, 0.02, "promote"),
    ],
)
def test_a_guard_keeps_what_is_surely_worse_by_it_whatever_promotes(
    guard: str, low: float, high: float, verdict: str, rule: tuple[float, float], kind: Kind
) -> None:
    champion = against(0.99, kind, **{guard: found(low, high)})
    outcome, reasons = decide(promote(**{kind: rule}), "ours", champion)
    assert outcome == verdict
    if verdict == "keep":
        tolerance = gate().metrics[guard].tolerance
        assert reasons[0].endswith(", and yet:")
        assert reasons[1].startswith(f"{guard} 0.5000 to ")
        assert reasons[1].endswith(f": surely worse by more than {tolerance:g}")


@pytest.mark.parametrize(
    ("tolerance", "low", "high", "outcome"),
    [
        (0.02, 0.021, 0.05, "keep"),
        (0.02, 0.019, 0.05, "promote"),
        (None, 0.021, 0.05, "promote"),  # slices do not decide
        (0.0, -0.05, -0.01, "promote"),  # a lower logarithmic loss is better
    ],
)
def test_a_slice_keeps_what_is_surely_worse_in_it(
    tolerance: float | None, low: float, high: float, outcome: str
) -> None:
    part = Part(slice="hour", value="early", rows=500, primary=found(low, high))
    champion = against().model_copy(update={"parts": [part]})
    rule = promote().model_copy(update={"slice_tolerance": tolerance})
    decided, reasons = decide(rule, "ours", champion)
    assert decided == outcome
    if outcome == "keep":
        assert reasons[1] == (
            "log_loss for hour early differs by +0.0355: surely worse by more than 0.02, the "
            "tolerance of a slice"
        )


def test_every_guard_that_fails_is_named() -> None:
    guards = {"brier": found(0.01, 0.02), "roc_auc": found(-0.1, -0.09)}
    outcome, reasons = decide(promote(), "ours", against(**guards))
    assert (outcome, len(reasons)) == ("keep", 3)
    assert [each.split()[0] for each in reasons[1:]] == ["brier", "roc_auc"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_undefined_guard_keeps(kind: Kind) -> None:
    champion = against(0.99, kind, roc_auc=UNDEFINED, brier=found(-0.1, 0.1))
    outcome, reasons = decide(promote(), "ours", champion)
    assert outcome == "keep"
    assert reasons[0].endswith(", and yet roc_auc cannot be compared")


def test_the_primary_metric_is_no_guard() -> None:
    metrics = {"roc_auc": gate().metrics["roc_auc"].model_copy(update={"tolerance": None})}
    policy = promote().model_copy(update={"primary": "roc_auc", "metrics": metrics})
    champion = against(0.99).model_copy(update={"metrics": {"roc_auc": found(-0.02, -0.01)}})
    assert decide(policy, "ours", champion)[0] == "promote"


def test_the_first_model_is_promoted() -> None:
    assert decide(gate(), "ours", None)[0] == "promote"


@pytest.mark.parametrize(
    ("champion", "message"),
    [
        (Comparison(model="ours", version="v1.0.0"), "it is the champion itself, to the byte"),
        (Comparison(model="theirs", version="v1.0.0", problem="it is gone"), "not comparable with the champion: it is gone"),
        (against(None, log_loss=UNDEFINED), "not comparable with the champion: log_loss is undefined"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_kept_and_says_so(champion: Comparison, message: str) -> None:
    assert decide(gate(), "ours", champion) == ("keep", [message])


# ---- what is written


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which the data have stopped a run: a verdict needs nothing else."""
    failure = {"severity": "critical", "file": "data/a", "column": "x", "expected": "a number",
               "found": "a word", "remedy": "correct it", "rows": []}  # fmt: skip
    warning = failure | {"severity": "warning", "found": "less"}
    (tmp_path / "reports").mkdir()
    report = {"success": False, "rows": {}, "failures": [failure, warning]}
    (tmp_path / "reports/validation.json").write_text(json.dumps(report))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_verdict_says_which_way_each_metric_is_better(broken: Path) -> None:
    policy = read(FULL_POLICY, Policy)
    verdict = judge(None, None, None, policy)  # type: ignore[arg-type]
    assert verdict.higher_is_better == {
        "log_loss": False,
        "roc_auc": True,
        "average_precision": True,
        "brier": False,
        "calibration_error": False,
    }
    assert (verdict.verdict, verdict.reasons) == ("block", ["data/a: a number: a word"])
    assert (verdict.primary, verdict.confidence, verdict.model) == ("log_loss", 0.95, None)
    assert json.loads((broken / "reports/verdict.json").read_text()) == verdict.model_dump()
