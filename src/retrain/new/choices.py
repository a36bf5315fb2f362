"""How rows are split and judged: guesses, which params.yaml and policy.yaml explain."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from retrain.errors import UserError
from retrain.new.profile import Profile, clock, safe
from retrain.new.recognise import Column
from retrain.new.roles import Role
from retrain.new.target import Target

DAYS = 12  # of a test window, from which on days are compared
ROWS = 200  # of a test window
LEAST = 50  # of a table, and 20 that judge
SLICE = 12  # values of a column by which metrics are shown
SLICES = 3
LABELS = 50  # values of a column by which the reference takes means


@dataclass
class Choices:
    key: list[str]
    number: str = ""  # the column of a key that the source adds
    clock: dict[str, str] = field(default_factory=dict)  # features of the calendar, by what it is
    group: str = ""  # the name of what rows are grouped by: a day
    test_from: str | int = "newest"
    test_share: float = 0.0
    test_rows: int = 0
    train_rows: int = 0
    slices: list[str] = field(default_factory=list)
    label: str = ""  # the feature by which the reference takes means
    label_why: str = ""
    gate: dict[str, str] = field(default_factory=dict)  # by metric: what policy.yaml says of it
    why: dict[str, str] = field(default_factory=dict)  # a comment for each
    margin: float = 0.0
    metrics: list[str] = field(default_factory=list)
    leaf: int = 20
    rounds: int = 100


def choose(
    found: Profile, columns: dict[str, Column], roles: list[Role], target: Target, key: list[str]
) -> Choices:
    taken = {each.column for each in roles}
    made = Choices(key=list(key))
    if not key:
        made.number = _free(taken, "row", "row_number", "number_of_row")
        made.key = [found.table.time, made.number] if found.table.time else [made.number]
        taken.add(made.number)
    calendar = clock(found)
    for name in calendar:
        made.clock[name] = _free(taken, name, f"{name}_of_time", f"calendar_{name}")
    _split(made, found, taken)
    made.slices = _slices(columns, roles)
    _label(made, found, columns, roles, target, calendar)
    if made.train_rows < 1000:
        made.leaf, made.rounds = 5, 50
    _gate(made, found.sample[safe(target.name)], target, by_time=bool(found.table.time))
    return made


def _free(taken: set[str], *names: str) -> str:
    return next(
        name for name in (*names, *(f"{names[0]}_{n}" for n in range(1000))) if name not in taken
    )


def check_rows(number: int, place: object, which: str = "") -> None:
    if number < LEAST:
        rows = "1 row" if number == 1 else f"{number} rows"
        raise UserError(
            f"{place}: has {rows}{which}, and rows that train and rows that judge need {LEAST} at "
            "least; give more"
        )


def _split(made: Choices, found: Profile, taken: set[str]) -> None:
    total, table = found.total, found.table
    check_rows(total, table.path, " with an outcome")
    if not table.time:
        made.test_share = 0.2 if total >= 1000 else 0.4
        made.test_rows = round(total * made.test_share)
        made.train_rows = total - made.test_rows
        return
    rows, days = list(found.rows.values()), list(found.days.values())
    most = max(1, len(rows) // 3)
    number = next(
        (n for n in range(1, most + 1) if sum(rows[-n:]) >= ROWS and sum(days[-n:]) >= DAYS), most
    )
    made.test_rows, made.train_rows = sum(rows[-number:]), sum(rows[:-number])
    made.test_from = "newest" if number == 1 else number
    if made.test_rows < 20:
        newest = ", ".join(found.names[-number:])
        raise UserError(
            f"{table.path}: its newest {table.every}s ({newest}) have {made.test_rows} rows with "
            "an outcome, too few to judge on; give more rows, or leave TIME out"
        )
    if sum(days[-number:]) >= DAYS:
        made.group = _free(taken, "day", "date", "calendar_day")


def _slices(columns: dict[str, Column], roles: list[Role]) -> list[str]:
    by_name = {safe(each.name): each for each in columns.values()}

    def few(role: Role) -> bool:
        column = by_name[role.column]
        return not column.many and 1 < column.distinct <= SLICE and column.kind != "number"

    able = [each for each in roles if each.feature and few(each)]
    able.sort(key=lambda each: each.feature != "category")
    return [each.column for each in able[:SLICES]]


def _label(
    made: Choices,
    found: Profile,
    columns: dict[str, Column],
    roles: list[Role],
    target: Target,
    calendar: "dict[str, pd.Series[Any]]",
) -> None:
    """Choose the feature whose mean outcomes tell most, if any tells something."""
    outcome = _numbers(found.sample[safe(target.name)], target)
    able = {made.clock[name]: values for name, values in calendar.items()}
    by_name = {safe(each.name): each for each in columns.values()}
    for role in roles:
        column = by_name[role.column]
        if (
            role.feature
            and column.kind != "number"
            and not column.many
            and column.distinct <= LABELS
        ):
            able[role.column] = found.sample[role.column]
    explained = {name: _explained(values, outcome) for name, values in able.items()}
    best = max(explained, key=lambda name: explained[name], default="")
    if best and explained[best] > 0.02:
        made.label = best
        made.label_why = (
            f"of the columns with few values it tells most: {explained[best]:.0%} of the spread"
        )


def _numbers(outcome: "pd.Series[Any]", target: Target) -> pd.DataFrame:
    if target.task == "regression":
        return outcome.astype("float64").to_frame()
    return pd.get_dummies(outcome.astype("str"), dtype="float64")


def _explained(values: "pd.Series[Any]", outcome: pd.DataFrame) -> float:
    """Return the share of an outcome's spread between the groups, less what chance gives."""
    labels = values.astype("str").fillna("")
    groups, rows = labels.nunique(), len(labels)
    whole = float(((outcome - outcome.mean()) ** 2).to_numpy().sum())
    within = float(((outcome - outcome.groupby(labels).transform("mean")) ** 2).to_numpy().sum())
    if not whole or rows <= groups:
        return 0.0
    return 1 - (within / (rows - groups)) / (whole / (rows - 1))


def two(value: float, up: bool = False) -> float:
    """Round to two digits: 0.0123 and 120."""
    if not value:
        return 0.0
    size = 10 ** (math.floor(math.log10(abs(value))) - 1)
    steps = math.ceil(value / size) if up else round(value / size)
    return float(f"{steps * size:.12g}")


def _gate(made: Choices, outcome: "pd.Series[Any]", target: Target, by_time: bool) -> None:
    if target.task == "regression":
        values = outcome.to_numpy("float64")
        off, spread = float(np.abs(values - values.mean()).mean()), float(values.std())
        slack = 1.5 if by_time else 1.0
        made.metrics = ["mean_absolute_error", "root_mean_squared_error", "r2"]
        made.gate = {
            "mean_absolute_error": f"{{floor: {two(slack * off, up=True):g}}}",
            "root_mean_squared_error": f"{{tolerance: {two(spread / 50):g}}}",
        }
        more = ", and half as much again: another time may be harder" if by_time else ""
        made.why = {
            "mean_absolute_error": f"The floor: by how much the mean is off, {off:.3g}{more}.",
            "root_mean_squared_error": f"A fiftieth of the standard deviation, {spread:.3g}.",
        }
        made.margin = two(off / 500)
    elif target.task == "binary":
        made.metrics = ["log_loss", "roc_auc", "average_precision", "brier"]
        made.gate = {
            "log_loss": "{floor: 0.69}",
            "roc_auc": "{tolerance: 0.005, floor: 0.55}",
            "brier": "{tolerance: 0.002, floor: 0.25}",
        }
        made.why = {
            "log_loss": "In nats. The floor is a coin's, .693.",
            "roc_auc": "A coin has .5.",
            "brier": "The floor is a coin's.",
        }
        made.margin = 0.0005
    else:
        number = len(target.classes)
        made.metrics = ["log_loss", "accuracy", "f1_macro"]
        made.gate = {
            "log_loss": f"{{floor: {two(math.log(number), up=True):g}}}",
            "accuracy": f"{{tolerance: 0.01, floor: {math.floor(100 / number) / 100:g}}}",
            "f1_macro": "{tolerance: 0.01}",
        }
        made.why = {
            "log_loss": f"In nats. The floor is that of a die with {number} sides.",
            "accuracy": "The floor is a die's.",
            "f1_macro": "The mean over classes: a rare one counts as much as a common one.",
        }
        made.margin = 0.001
