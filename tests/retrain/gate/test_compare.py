"""Two models on the rows that neither has learned from: which rows, whose scores, which margin."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from retrain.errors import UserError
from retrain.gate import compare as comparing
from retrain.gate.compare import Other, by_class, compare
from retrain.gate.difference import Pair, paired
from retrain.gate.policy import Blocks, Gate, Metric, Policy, Promote, Promotion
from retrain.gate.schema import Comparison, Rows
from retrain.gate.tables import ContractError
from retrain.gate.window import Window
from retrain.metrics.functions import FUNCTIONS
from retrain.metrics.table import TABLE
from retrain.settings import read
from tests.retrain.gate.test_difference import window
from tests.toys.toys import FULL_POLICY

POLICIES = read(FULL_POLICY, Policy)
OTHER = Other(model="theirs", version="v1.0.0", kind="change")


def policy(**gate: Any) -> Policy:
    changed = POLICIES.gate.model_copy(update={"min_rows": 100, "min_rows_slice": 20} | gate)
    return POLICIES.model_copy(update={"gate": changed})


@dataclass
class Code:
    """The code of another commit: what it says of the rows, and its model's scores by key."""

    judging: pd.DataFrame
    score: "pd.Series[float]"
    commit: str | None = "b" * 40
    asked: list[str] = field(default_factory=list)

    def rows(self, _: Sequence[Path]) -> pd.DataFrame:
        self.asked.append("rows")
        return self.judging

    def scores(self, rows: pd.DataFrame, _: Sequence[Path]) -> pd.DataFrame:
        self.asked.append("scores")
        return pd.DataFrame({"score": rows["key"].map(self.score)})


@pytest.fixture
def seen() -> Window:
    """Return twelve days of June, by the code of the commit b..., with two slices."""
    rows = window(rows=40, noise=1)
    day = rows["day"].map(lambda day: f"2013-06-{day + 1:02}")
    rows = rows.assign(key=[f"row {number}" for number in rows.index], day=day, partition=day)
    rows = rows.assign(kind=["x", "y"] * (len(rows) // 2) + ["x"] * (len(rows) % 2), all="all")
    summary = Rows(defined_by="base", total=len(rows), unknown=0)
    return Window(rows.drop(columns="other"), [], summary, "2013-05", "ours", "b" * 40)


@pytest.fixture
def code(seen: Window, monkeypatch: pytest.MonkeyPatch) -> Code:
    monkeypatch.setattr(comparing, "trained_window", lambda commit: "2013-04")
    scores = window(rows=40, noise=1)["other"].set_axis(seen.rows["key"])
    return Code(seen.rows, scores)


def compared(seen: Window, code: Code, other: Other = OTHER, **gate: Any) -> Comparison:
    return compare(seen, other, code, policy(**gate))  # type: ignore[arg-type]


def test_the_same_rows_are_scored_by_both_whatever_their_order(seen: Window, code: Code) -> None:
    found = compared(seen, code)
    assert (found.rows, found.left_out, found.blocks) == (len(seen.rows), 0, 12)
    expected = FUNCTIONS["brier"](
        seen.rows["outcome"].to_numpy(), code.score[seen.rows["key"]].to_numpy()
    )
    assert found.metrics["brier"].other == pytest.approx(expected, abs=1e-5)
    backwards = replace(seen, rows=seen.rows[::-1].reset_index(drop=True))
    again = compared(backwards, replace(code, score=code.score[::-1], asked=[]))
    assert again.metrics == found.metrics
    assert set(found.metrics) == set(POLICIES.gate.metrics)
    assert code.asked == ["scores"]  # its code has named the rows already


def test_every_column_but_our_own_is_a_slice(seen: Window, code: Code) -> None:
    found = compared(seen, code, blocks=POLICIES.gate.blocks.model_copy(update={"column": "kind"}))
    assert {part.slice for part in found.parts} == {"all"}  # blocks may be a million customers
    assert found.blocks == 2


def test_the_slices_that_params_yaml_names_are_shown(seen: Window, code: Code) -> None:
    assert {part.slice for part in compared(seen, code).parts} == {"kind", "all"}
    found = compared(replace(seen, slices=["kind", "gone"]), code)
    assert {part.slice for part in found.parts} == {"kind"}
    assert compared(replace(seen, slices=[]), code).parts == []


def test_curves_lie_on_one_grid(seen: Window, code: Code) -> None:
    found = compared(seen, code).curves
    assert set(found) == {"roc", "precision_recall", "calibration"}
    for points in found.values():
        assert len(points) == len(comparing.GRID)
        assert [x for x, _, _ in points] == sorted(x for x, _, _ in points)
    assert all(this >= other for _, this, other in found["roc"][2:-2])


def test_of_a_number_calibration_and_errors_lie_on_one_grid(seen: Window, code: Code) -> None:
    amounts = seen.rows.assign(outcome=seen.rows["outcome"] + seen.rows["score"])
    known = {name: getattr(policy().gate, name) for name in Gate.model_fields}
    error = {"primary": "mean_absolute_error", "metrics": {"mean_absolute_error": Metric()}}
    numbers = POLICIES.model_copy(update={"gate": Gate(**known | error)})
    found = compare(replace(seen, rows=amounts, task="regression"), OTHER, code, numbers)  # type: ignore[arg-type]
    assert {name: len(points) for name, points in found.curves.items()} == {
        "calibration": len(comparing.GRID),
        "residuals": len(comparing.GRID),
    }
    assert found.classes == []


def test_of_each_class_it_says_how_many_are_right_and_what_the_rest_is_taken_for() -> None:
    outcome = np.array([0, 0, 0, 0, 1, 1])
    this = np.eye(3)[[0, 0, 1, 2, 1, 1]]
    other = np.eye(3)[[0, 0, 0, 0, 2, 2]]
    pair = Pair(outcome, this, other, np.arange(6), 6, False, ["a", "b", "never"])
    a, b = by_class(pair)  # a class without rows says nothing
    assert (a.name, a.rows, a.this, a.other) == ("a", 4, 0.5, 1.0)
    assert (a.confused_with, a.confused) == ("b", 1)
    assert (b.name, b.this, b.other, b.confused_with, b.confused) == ("b", 1.0, 0.0, None, 0)


# ---- how sure


@pytest.mark.parametrize("kind", ["change", "data"])
@pytest.mark.parametrize("primary", ["log_loss", "roc_auc"])
def test_it_is_judged_by_the_margin_of_its_kind(
    seen: Window, code: Code, kind: str, primary: str
) -> None:
    rules = {"change": 0.05, "data": -0.01}
    made = {name: Promotion(confidence=0.9, margin=margin) for name, margin in rules.items()}
    other = replace(OTHER, kind=kind)
    found = compared(seen, code, other, promote=Promote(**made), primary=primary)
    rows = seen.rows.assign(other=seen.rows["key"].map(code.score))
    measured = paired(rows, "day", ordered=True).measured(FUNCTIONS[primary])
    known = measured.improvement(TABLE[primary])
    assert known
    assert found.kind == kind
    assert found.sure == pytest.approx(known.confidence_above(rules[kind]), abs=1e-4)
    assert abs(known.confidence_above(0.05) - known.confidence_above(-0.01)) > 0.01


@pytest.mark.parametrize(
    ("likely", "sure"), [(0.97499, 0.9749), (0.975, 0.975), (0.99999, 0.9999), (1.0, 1.0)]
)
def test_how_sure_it_is_is_never_rounded_up(
    seen: Window, code: Code, monkeypatch: pytest.MonkeyPatch, likely: float, sure: float
) -> None:
    monkeypatch.setattr("retrain.gate.interval.Estimate.confidence_above", lambda *_: likely)
    assert compared(seen, code).sure == sure


def test_where_the_primary_metric_is_undefined_nothing_is_sure(seen: Window, code: Code) -> None:
    one_class = replace(seen, rows=seen.rows.assign(outcome=True))
    found = compared(one_class, code, primary="roc_auc")
    assert (found.sure, found.problem, found.curves) == (None, None, {})


# ---- which rows


def test_rows_that_either_has_learned_from_are_left_out(
    seen: Window, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = ((seen.rows["day"] == f"2013-06-{day}").sum() for day in ("01", "12"))
    trained = replace(seen, trained="2013-05 to 2013-06-01")
    assert compared(trained, code).left_out == first
    monkeypatch.setattr(comparing, "trained_window", lambda commit: "2013-06-12")
    found = compared(trained, code)
    assert (found.left_out, found.rows) == (first + last, len(seen.rows) - first - last)
    assert found.blocks == 10


def test_a_model_beside_itself_is_not_scored_again(seen: Window, code: Code) -> None:
    found = compared(seen, code, replace(OTHER, model="ours"))
    assert code.asked == []
    assert found.metrics["log_loss"].difference == 0
    assert found.sure == 0  # not better by more than the margin


def test_code_that_says_the_same_of_the_rows_is_asked_and_compared(
    seen: Window, code: Code
) -> None:
    other = replace(code, commit="c" * 40, judging=seen.rows.assign(kind="other", day="2013-06-30"))
    found = compared(seen, other)
    assert other.asked == ["rows", "scores"]
    assert (found.problem, found.blocks) == (None, 12)


@pytest.mark.parametrize(
    ("window", "theirs", "gate", "message"),
    [
        ({"problem": "it is so"}, {}, {}, "it is so"),
        ({}, {}, {"min_rows": 10_000}, "of the test window are new to both models, and the policy asks for 10,000"),
        ({"trained": "2013-05 to 2013-06-30"}, {}, {}, "0 of the "),
        ({}, {"outcome": True}, {}, "it has learned another outcome, which differs in "),
    ],
)  # fmt: skip
def test_where_there_is_no_fair_comparison_it_says_why_and_nothing_else(
    seen: Window, code: Code, window: Any, theirs: Any, gate: Any, message: str
) -> None:
    other = replace(code, commit="c" * 40, judging=seen.rows.assign(**theirs))
    found = compared(replace(seen, **window), other, **gate)
    assert message in (found.problem or "")
    assert found == Comparison(model="theirs", version="v1.0.0", problem=found.problem)


def test_blocks_of_a_column_that_is_not_there(seen: Window, code: Code) -> None:
    blocks = POLICIES.gate.blocks.model_copy(update={"column": "customer"})
    assert compared(seen, code, blocks=blocks).problem == (
        "the rows have no column 'customer' of blocks, or it has empty values"
    )


def test_a_model_that_cannot_score_them_is_a_problem(seen: Window, code: Code) -> None:
    def refuse(*_: Any) -> Any:
        raise UserError("its code gives no prediction for 3 of 9 rows" + "x" * 1000)

    code.scores = refuse  # type: ignore[method-assign]
    found = compared(seen, code)
    assert (found.problem or "").startswith("its code gives no prediction for 3 of 9 rows")
    assert len(found.problem or "") == 1000


# ---- the first model


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ({"blocks": Blocks(column="dya", ordered=True)}, "blocks.column is dya, which the rows that judge do not have; name one of day, key, kind, all"),
        ({"blocks": Blocks(column="all", ordered=False)}, "blocks.column is all, of which the rows that judge have one"),
        ({"min_rows": 5000}, "gate.min_rows is 5,000, and 423 rows judge; lower it"),
    ],
)  # fmt: skip
def test_a_first_model_that_none_could_be_compared_with_is_refused(
    seen: Window, gate: dict[str, Any], said: str
) -> None:
    comparing.check_comparable(seen, policy().gate)
    with pytest.raises(ContractError) as error:
        comparing.check_comparable(seen, policy(**gate).gate)
    assert str(error.value).startswith("policy.yaml: gate.")
    assert said in str(error.value)
