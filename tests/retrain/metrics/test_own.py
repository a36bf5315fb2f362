"""A metric of the user's own: found by its name, measured as the gate's are, and wrong in a sentence."""

import sys
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from retrain.errors import UserError
from retrain.gate.difference import paired
from retrain.metrics import own
from retrain.metrics.functions import FUNCTIONS


def module(**functions: Any) -> ModuleType:
    made = ModuleType("pipeline.metrics")
    vars(made).update(functions)
    return made


def cost(outcome: "pd.Series[Any]", prediction: "pd.Series[Any]") -> float:
    return ((outcome - prediction) ** 2).mean()


def sure(outcome: "pd.Series[Any]", prediction: pd.DataFrame) -> float:
    return float(prediction.max(axis=1)[prediction.idxmax(axis=1) == outcome].sum())


RNG = np.random.default_rng(3)
ROWS = pd.DataFrame(
    {
        "outcome": RNG.normal(size=60),
        "score": RNG.normal(size=60),
        "other": RNG.normal(size=60),
        "day": np.repeat(np.arange(6), 10),
    }
)


def test_a_name_is_the_tables_or_the_users() -> None:
    found = own.functions(["r2", "cost"], module(cost=cost), ())
    assert found["r2"] is FUNCTIONS["r2"]
    assert found["cost"](np.array([1.0, 2.0]), np.array([1.0, 4.0])) == 2.0


def test_a_name_of_the_tables_cannot_be_the_users() -> None:
    def r2(*_: "pd.Series[Any]") -> float:
        return 42.0

    r2.__module__ = "pipeline.metrics"
    with pytest.raises(UserError, match=r"metrics\.py defines r2, a name of the machine's; rename"):
        own.functions(["cost"], module(cost=cost, r2=r2), ())


def test_a_partial_function_is_a_metric_too() -> None:
    found = own.functions(["cost"], module(cost=partial(cost)), ())
    assert found["cost"](np.array([1.0, 2.0]), np.array([1.0, 4.0])) == 2.0


def test_a_module_that_cannot_be_imported_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline/__init__.py").touch()
    (tmp_path / "pipeline/metrics.py").write_text("def cost(outcome: pd.Series): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("pipeline", "pipeline.metrics"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(UserError, match=r"cannot be imported \(NameError: name 'pd' is not"):
        own.load()


def test_of_classes_it_takes_their_names() -> None:
    metric = own.functions(["sure"], module(sure=sure), ["x", "y"])["sure"]
    assert metric(np.array([0, 1]), np.array([[0.75, 0.25], [0.5, 0.5]])) == 0.75


def test_it_is_measured_elsewhere_as_the_table_is_measured_here(tmp_path: Path) -> None:
    pair = paired(ROWS, "day", ordered=True)
    groups = [pair, pair.subset(pair.block > 2)]
    parts = [(each.outcome, each.this, each.block) for each in groups]
    own.write(parts, pair.classes, tmp_path / "rows.parquet")
    own.measure("cost", module(cost=cost), tmp_path / "rows.parquet", tmp_path / "found.parquet")
    found = own.read(tmp_path / "found.parquet", len(groups))

    def squared(outcome: Any, score: Any) -> float:
        return float(np.mean((outcome - score) ** 2))

    for group, values in zip(groups, found, strict=True):
        assert values.whole == pytest.approx(squared(group.outcome, group.this))
        for block, without in enumerate(values.without(pair.blocks)):
            rest = group.block != block
            assert without == pytest.approx(squared(group.outcome[rest], group.this[rest]))


def test_classes_are_written_by_their_names(tmp_path: Path) -> None:
    outcome, block = np.array([0, 1]), np.array([0, 1])
    own.write([(outcome, np.eye(2), block)], ["x", "y"], tmp_path / "rows.parquet")
    own.measure("sure", module(sure=sure), tmp_path / "rows.parquet", tmp_path / "found.parquet")
    (found,) = own.read(tmp_path / "found.parquet", 1)
    assert (found.whole, found.by_block) == (2.0, {own.ALL: 2.0, 0: 1.0, 1: 1.0})


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (lambda *_: "much", "src/pipeline/metrics.py: cost returns 'much'; return a number"),
        (lambda *_: True, "src/pipeline/metrics.py: cost returns True; return a number"),
        (lambda *_: None, "src/pipeline/metrics.py: cost returns None; return a number"),
        (lambda *_: np.inf, "src/pipeline/metrics.py: cost returns inf; return a finite number"),
        (
            lambda outcome, _: outcome["day"],
            "src/pipeline/metrics.py: cost fails (KeyError: 'day')",
        ),
        (lambda: 1, "src/pipeline/metrics.py: cost fails (TypeError: "),
    ],
)
def test_what_is_no_metric_is_a_sentence(returned: Any, message: str) -> None:
    metric = own.functions(["cost"], module(cost=returned), ())["cost"]
    with pytest.raises(UserError) as error:
        metric(np.ones(2), np.ones(2))
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_a_name_that_nobody_defines_is_a_sentence() -> None:
    with pytest.raises(
        UserError, match=r"the metric cots is not known, and src/pipeline/metrics.py"
    ):
        own.functions(["cots"], module(cost=cost), ())


def test_what_was_not_measured_is_a_sentence(tmp_path: Path) -> None:
    pd.DataFrame({"group": [0], "block": [0], "value": ["many"]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(UserError, match=r"what its metrics measured cannot be read"):
        own.read(tmp_path / "a.parquet", 1)
