"""What a model is worth now is an alarm where it is surely less than in its test window."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from retrain.gate.commit_code import Code
from retrain.gate.interval import Estimate
from retrain.gate.policy import Gate, Metric, Outcome, Policy
from retrain.metrics import own
from retrain.monitoring import outcome
from retrain.settings import read
from tests.toys.toys import TOY

LIMITS = Outcome(confidence=0.975, metric=0.1, calibration=0.1, level=0.1)


def rows(seed: int, level: float = 0.3, said: float = 0.3, days: int = 28) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    day = np.repeat([f"2013-06-{each:02}" for each in range(1, days + 1)], 100)
    score = np.clip(chance.normal(said, 0.1, len(day)), 0.02, 0.98)
    truth = np.clip(score + level - said, 0, 1)
    return pd.DataFrame({"outcome": chance.random(len(day)) < truth, "score": score, "day": day})


def found(now: pd.DataFrame, then: pd.DataFrame) -> dict[str, str]:
    gate = read(Path(TOY / "policy.yaml"), Policy).gate
    return {each.check: each.what for each in outcome.alarms(now, then, gate, LIMITS)}


def test_an_equal_world_is_no_alarm() -> None:
    assert found(rows(1), rows(2)) == {}


def test_more_of_the_outcome_that_the_model_has_foreseen_is_another_level() -> None:
    assert "mean outcome is 0.5" in found(rows(1, 0.55, 0.55), rows(2))["level"]
    assert "calibration" not in found(rows(1, 0.55, 0.55), rows(2))


@pytest.mark.ml_test_score("Monitor 7")
def test_more_of_it_that_the_model_has_not_foreseen_is_calibration_too() -> None:
    alarms = found(rows(1, 0.55, 0.3), rows(2))
    assert set(alarms) == {"level", "calibration", "metric"}
    assert alarms["metric"].startswith("log_loss is 0.8")


def test_less_of_the_outcome_is_another_level_too() -> None:
    assert "mean outcome is 0.0" in found(rows(1, 0.05, 0.05), rows(2))["level"]


def test_two_days_are_not_sure() -> None:
    assert found(rows(1, 0.42, 0.3, days=2), rows(2)) == {}


def test_both_windows_are_samples() -> None:
    sure, unsure = Estimate(0.5, 0.01, 20), Estimate(0.3, 0.2, 20)
    assert outcome.Change(sure, unsure).further(0) == pytest.approx(0.84, abs=0.01)
    assert outcome.Change(unsure, sure).further(0, -1) == pytest.approx(0.84, abs=0.01)


def test_classes_and_numbers_are_compared_too() -> None:
    policy = read(Path(TOY / "policy.yaml"), Policy).gate
    name = "mean_absolute_error"
    gate = Gate(**policy.model_dump() | {"primary": name, "metrics": {name: Metric()}})
    numbers = rows(3).assign(outcome=lambda each: 10 * each["score"] + 1.0)
    moved = numbers.assign(outcome=numbers["outcome"] + 5)
    said = [each.check for each in outcome.alarms(moved, numbers, gate, LIMITS)]
    assert sorted(said) == ["calibration", "level", "metric"]
    classes = rows(4).assign(score_a=lambda each: each.pop("score"))
    classes = classes.assign(score_b=1 - classes["score_a"])
    classes["outcome"] = np.where(classes["outcome"], "a", "b")
    assert [*outcome.alarms(classes, classes, policy, LIMITS)] == []
    other = classes.assign(outcome="b")
    checks = {each.check for each in outcome.alarms(other, classes, policy, LIMITS)}
    assert checks == {"calibration", "level"}


def test_a_metric_of_the_users_own_is_measured_by_the_models_code(tmp_path: Path) -> None:
    class Users(Code):
        def values(self, name: str, groups: Any, classes: Sequence[str]) -> list[own.Values]:
            module = ModuleType("metrics")
            module.cost = lambda outcome, prediction: (abs(outcome - prediction)).mean()  # type: ignore[attr-defined]
            own.write(groups, classes, source := tmp_path / "pairs.parquet")
            own.measure(name, module, source, target := tmp_path / "measured.parquet")
            return own.read(target, len(groups))

    policy = read(Path(TOY / "policy.yaml"), Policy).gate
    changed = {"primary": "cost", "metrics": {"cost": Metric(better="lower")}}
    gate = Gate(**policy.model_dump() | changed)
    code = Users(repo=None, commit=None, folder=tmp_path, scratch=tmp_path)  # type: ignore[arg-type]
    now, then = rows(1, 0.7, 0.3), rows(2)
    said = {each.check: each.what for each in outcome.alarms(now, then, gate, LIMITS, code)}
    assert said["metric"].startswith("cost is 0.5548, 0.3976")
    assert "metric" not in {
        each.check for each in outcome.alarms(rows(1), then, gate, LIMITS, code)
    }
