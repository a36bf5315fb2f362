"""What is predicted: the task, guessed from the target's values, and why."""

from dataclasses import dataclass
from typing import Any

from retrain.errors import UserError, suggest
from retrain.metrics.table import TASKS, Task
from retrain.metrics.tasks import CLASSES
from retrain.new.recognise import Column, Recognised

YES = ("true", "yes", "y", "1", "ja", "j", "oui", "si", "sí", "sim", "tak", "positive")
FEW = 10  # different whole numbers that are classes
EACH = 5  # rows of a class


@dataclass(frozen=True)
class Target:
    name: str
    task: Task
    why: str
    # of a binary task: the value that is called true, a text or a number
    true: str | float = ""
    # of a multiclass task
    classes: tuple[str, ...] = ()


def target(found: Recognised, name: str, asked: str | None, place: object) -> Target:
    """Return the task of a column, or raise a `UserError` that says why there is none."""
    if name not in found.columns:
        raise UserError(f"{place}: has no column {name!r}; {suggest(name, found.columns)}")
    column = found.columns[name]
    if asked and asked not in TASKS:
        raise UserError(f"--task {asked} is not a task; choose from {', '.join(TASKS)}")
    where = f"{place}: column {name!r}"
    _check(column, where)
    texts = column.kind == "text"
    wanted = asked or _guess(column)
    if wanted == "binary" and (column.many or column.distinct != 2):
        raise UserError(
            f"{where} has {column.different} different values, and a binary target has two; "
            "choose another task, or make two of them"
        )
    if wanted == "multiclass" and (column.many or column.distinct > CLASSES):
        why = "give another target" if texts else "choose the task regression"
        raise UserError(
            f"{where} has {column.different} different values, and classes are at most {CLASSES}; "
            f"{why}"
        )
    if wanted == "regression" and column.kind not in ("whole", "number"):
        raise UserError(f"{where} is not a number; choose another task")
    if wanted == "multiclass" and column.kind == "number":
        raise UserError(f"{where} has numbers with decimals, and no classes; choose regression")
    if wanted == "binary":
        _check_classes(column, where)
        return _binary(column, asked)
    if wanted == "multiclass":
        _check_classes(column, where)
        return _multiclass(column, asked)
    why = "asked for" if asked else f"it is a number with {column.different} different values"
    return Target(name, "regression", why)


def _check(column: Column, where: str) -> None:
    if column.kind in ("nothing", "other"):
        what = "is empty" if column.kind == "nothing" else "holds neither numbers nor texts"
        raise UserError(f"{where} {what}; name another target")
    if column.kind == "time":
        raise UserError(f"{where} is a time; make a number of it, or name another target")
    if not column.many and column.distinct == 1:
        value = next(iter(column.values))
        raise UserError(
            f"{where} is {value!r} in all rows, so there is nothing to learn; name another target"
        )
    all_different = not column.many and column.distinct == column.rows - column.empty
    if column.kind == "text" and (column.many or column.distinct > CLASSES or all_different):
        what = "all different" if all_different else f"{column.different} different"
        raise UserError(
            f"{where} holds {what} texts, and no model can learn that; name another target"
        )


def _guess(column: Column) -> Task:
    if not column.many and column.distinct == 2:
        return "binary"
    if column.kind == "text":
        return "multiclass"
    few = column.kind == "whole" and not column.many and column.distinct <= FEW
    return "multiclass" if few else "regression"


def _counts(column: Column) -> dict[Any, int]:
    return dict(sorted(column.values.items(), key=lambda each: str(each[0])))


def _binary(column: Column, asked: str | None) -> Target:
    counts = _counts(column)
    one, other = counts
    if column.kind == "truth":
        true: str | float = 1.0
        why = "it is true or false"
    elif column.kind == "text":
        said = [each for each in counts if each.lower() in YES]
        true = said[0] if len(said) == 1 else min(counts, key=lambda each: counts[each])
        rule = "which says so" if len(said) == 1 else "the rarer one"
        why = f"it has two values, {one!r} and {other!r}; {true!r} is called true, {rule}"
    else:
        values = sorted(float(str(each).replace(",", ".")) for each in counts)
        true = values[1]
        why = f"it has two values, {values[0]:g} and {values[1]:g}; the larger one is called true"
    return Target(column.name, "binary", f"asked for; {why}" if asked else why, true)


def _check_classes(column: Column, where: str) -> None:
    for name, number in _counts(column).items():
        if number < EACH:
            raise UserError(
                f"{where}: the class {str(name)!r} has {number} rows, and needs at least {EACH}; "
                "leave it out, or join it with another class"
            )


def _multiclass(column: Column, asked: str | None) -> Target:
    counts = _counts(column)
    kind = "texts" if column.kind == "text" else "whole numbers"
    why = f"it has {len(counts)} different {kind}"
    names = tuple(str(each) for each in counts)
    return Target(column.name, "multiclass", f"asked for; {why}" if asked else why, "", names)
