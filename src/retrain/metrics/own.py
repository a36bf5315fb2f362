"""Metrics of the user's own: functions of outcome and prediction, called as scikit-learn's are.

The gate never imports them. It has the base's code measure a table of rows, by
`python -m pipeline.measure`, and reads what that found.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from numbers import Real
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from retrain.data import partitions
from retrain.errors import UserError, suggest
from retrain.metrics.functions import FUNCTIONS, Array, Floats, Function
from retrain.metrics.tasks import SCORE, arrays

ALL = -1  # in place of a block: that none is left out
MODULE = "src/pipeline/metrics.py"


def load() -> ModuleType:
    """Import the module that defines them."""
    try:
        return import_module("pipeline.metrics")
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UserError(f"{MODULE} cannot be imported ({reason}); correct it") from None


def functions(
    names: Iterable[str], module: ModuleType, known: Sequence[str]
) -> dict[str, Function]:
    """Return the functions of metrics by name, the machine's or those that `module` defines.

    `known` are the classes of a multiclass task.
    """
    defined = dict(inspect.getmembers(module, callable))
    for name in FUNCTIONS:
        if getattr(defined.get(name), "__module__", None) == module.__name__:
            raise UserError(f"{MODULE} defines {name}, a name of the machine's; rename it")
    return {name: FUNCTIONS.get(name) or _wrapped(name, defined, known) for name in names}


def _wrapped(name: str, defined: dict[str, Any], known: Sequence[str]) -> Function:
    if name not in defined:
        raise UserError(
            f"the metric {name} is not known, and {MODULE} does not define it; "
            f"{suggest(name, {*FUNCTIONS, *defined})}"
        )

    def metric(outcome: Any, score: Any) -> float:
        return _called(name, defined[name], *_series(outcome, score, known))

    return metric


def _series(outcome: Any, score: Any, known: Sequence[str]) -> tuple[Any, Any]:
    """Return what a user's function takes: two Series, or a DataFrame of probabilities."""
    if score.ndim == 1:
        return pd.Series(outcome), pd.Series(score)
    return pd.Series(np.asarray(known)[outcome]), pd.DataFrame(score, columns=list(known))


def _called(name: str, function: Callable[..., Any], outcome: Any, score: Any) -> float:
    if not len(outcome):
        return np.nan
    try:
        value = function(outcome, score)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UserError(f"{MODULE}: {name} fails ({reason}); correct it") from None
    if not isinstance(value, Real) or isinstance(value, bool):
        raise UserError(f"{MODULE}: {name} returns {value!r}; return a number")
    if np.isinf(float(value)):
        raise UserError(f"{MODULE}: {name} returns {value}; return a finite number")
    return float(value)


@dataclass(frozen=True)
class Values:
    """A metric of a group of rows: of all, and without each block that it has, by its number."""

    whole: float
    by_block: dict[int, float]

    def without(self, blocks: int) -> Floats:
        """Return the metric without each block; a block of which it has no rows changes nothing."""
        return np.array([self.by_block.get(each, self.whole) for each in range(blocks)], "float64")


def write(groups: Sequence[tuple[Array, Array, Array]], known: Sequence[str], path: Path) -> None:
    """Write outcomes, predictions and blocks of some groups of rows, for `measure` to read."""
    frames = []
    for number, (outcome, score, block) in enumerate(groups):
        columns = [f"{SCORE}_{name}" for name in known] or [SCORE]
        frame = pd.DataFrame(score.reshape(len(outcome), -1), columns=columns)
        labels = np.asarray(known, "str")[outcome] if known else outcome
        frames.append(frame.assign(outcome=labels, block=block, group=number))
    partitions.write(pd.concat(frames), path)


def measure(name: str, module: ModuleType, source: Path, target: Path) -> None:
    """Measure what `write` has written, by a metric of `module`.

    `target` gets the columns `group`, `block` (or ALL) and `value`, NaN where it is undefined.
    """
    rows = partitions.read(source)
    outcome, (score,), known = arrays(rows, SCORE)
    block, group = rows["block"].to_numpy(), rows["group"].to_numpy()
    function = functions([name], module, known)[name]
    found = [
        (each, *value)
        for each in np.unique(group)
        for value in _values(function, outcome, score, block, group == each)
    ]
    table = pd.DataFrame(found, columns=["group", "block", "value"])
    partitions.write(table.astype({"value": "float64"}), target)


def _values(
    function: Function, outcome: Array, score: Array, block: Array, group: Array
) -> Iterator[tuple[int, float]]:
    yield ALL, function(outcome[group], score[group])
    for each in np.unique(block[group]):
        rest = group & (block != each)
        yield int(each), function(outcome[rest], score[rest])


def read(path: Path, groups: int) -> list[Values]:
    """Return what `measure` has written."""
    try:
        table = partitions.read(path).astype({"group": int, "block": int, "value": float})
        found = {
            group: dict(zip(part["block"], part["value"], strict=True))
            for group, part in table.groupby("group")
        }
        return [Values(found[each][ALL], found[each]) for each in range(groups)]
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(f"what its metrics measured cannot be read ({error})") from None
