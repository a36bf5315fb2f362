"""What policy.yaml may say, and whose policy judges a change: the base's."""

import math
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from retrain.errors import UserError
from retrain.paths import POLICY
from retrain.repo.git import show
from retrain.settings import Section, parse, read

# by metric, the values that a model can have
METRICS = {
    "roc_auc": (0.0, 1.0),
    "average_precision": (0.0, 1.0),
    "brier": (0.0, 1.0),
    "log_loss": (0.0, math.inf),
    "calibration_error": (0.0, 1.0),
}
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class Metric(Section):
    """What a model must reach; `tolerance` of every metric but the primary one."""

    tolerance: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    floor: Annotated[float, Field(allow_inf_nan=False)] | None = None


class Promotion(Section):
    """Promoted if better by more than `margin` with the one-sided `confidence`."""

    confidence: Annotated[float, Field(ge=0.5, lt=1)]
    margin: Annotated[float, Field(allow_inf_nan=False)]  # below 0: worse by less than that will do


class Promote(Section):
    change: Promotion
    data: Promotion


class Blocks(Section):
    """Which rows resemble each other: those of one value in a column."""

    column: str
    ordered: bool  # whether one block resembles the next, as days do


class Gate(Section):
    primary: str
    promote: Promote
    metrics: dict[str, Metric]
    beats_reference: bool
    blocks: Blocks
    confidence: Annotated[float, Field(ge=0.5, lt=1)]
    min_rows: Annotated[int, Field(ge=1)]
    min_rows_slice: Annotated[int, Field(ge=1)]
    behaviour: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for name, metric in self.metrics.items():
            if name not in METRICS:
                raise ValueError(f"metrics.{name} is not known; known are {', '.join(METRICS)}")
            low, high = METRICS[name]
            if metric.floor is not None and not low <= metric.floor <= high:
                raise ValueError(
                    f"metrics.{name}.floor should be between {low:g} and {high:g}: no model can be "
                    f"beyond {metric.floor:g}"
                )
        if self.primary not in self.metrics:
            raise ValueError(f"primary should be one of metrics: {', '.join(self.metrics)}")
        for name, metric in self.metrics.items():
            if (metric.tolerance is None) != (name == self.primary):
                raise ValueError(
                    f"metrics.{self.primary}.tolerance should be left out: promote has its margins"
                    if name == self.primary
                    else f"metrics.{name}.tolerance is missing; add it"
                )
        return self


class Words(Section):
    """How the business calls a row, in the plural, and one that had the outcome."""

    rows: Annotated[str, Field(max_length=40)]
    outcome: Annotated[str, Field(max_length=40)]


class Spoken(Words):
    flagged: Annotated[float, Field(gt=0, lt=1)]


class Versions(Section):
    major: list[str]


class Triggers(Section):
    pull_request: bool
    push: bool
    schedule: bool
    button: bool
    alarm: bool


class Policy(Section):
    words: Spoken
    gate: Gate
    versions: Versions
    triggers: Triggers
    stages: Annotated[list[Name], Field(min_length=1)]

    @field_validator("stages")
    @classmethod
    def _different(cls, stages: list[str]) -> list[str]:
        if len(set(stages)) < len(stages):
            raise ValueError("should name each stage once")
        return stages


def judging(commit: str | None) -> tuple[Policy, list[str]]:
    """Return the policy that judges a change from `commit`, and notes on it for the report."""
    own = read(Path(POLICY), Policy)  # refused if it is wrong: merged, it judges the next change
    text = show(commit, POLICY) if commit else None
    if text is None:
        return own, [] if commit is None else [f"the base has no {POLICY}: this one judges"]
    try:
        return parse(text, Policy, Path(POLICY)), []
    except UserError as error:
        why = str(error).removeprefix(f"{POLICY}: ")
        return own, [f"the base's {POLICY} cannot be read here ({why}): this one judges"]
