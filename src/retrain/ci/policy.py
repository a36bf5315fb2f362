"""What policy.yaml may say, and whose policy judges a change: the base's."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from retrain.ci.facts import Words
from retrain.ci.git import show
from retrain.errors import UserError
from retrain.settings import Section, read

POLICY = "policy.yaml"

# direction, and the best and the worst that a model can have
METRICS = {
    "roc_auc": ("higher", 1.0, 0.0),
    "average_precision": ("higher", 1.0, 0.0),
    "brier": ("lower", 0.0, 1.0),
    "log_loss": ("lower", 0.0, math.inf),
    "calibration_error": ("lower", 0.0, 1.0),
}
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class Metric(Section):
    """When a difference matters, and what a model must reach."""

    direction: Literal["higher", "lower"]
    tolerance: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    floor: Annotated[float, Field(allow_inf_nan=False)] | None = None


class Blocks(Section):
    """How differences are resampled."""

    block: str
    resamples: Annotated[int, Field(ge=100, le=100_000)]
    confidence: Annotated[float, Field(ge=0.5, lt=1)]
    seed: Annotated[int, Field(ge=0)]


class Gate(Section):
    """What promotes, and what blocks."""

    primary: str
    promote_when: Literal["better", "not_worse"]
    metrics: dict[str, Metric]
    beats_reference: bool
    calibration_bins: Annotated[int, Field(ge=2, le=100)]
    resampling: Blocks
    min_rows: Annotated[int, Field(ge=1)]
    min_rows_slice: Annotated[int, Field(ge=1)]
    behaviour: Annotated[str, Field(min_length=1)]
    outcome: list[str]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for name, metric in self.metrics.items():
            if name not in METRICS:
                raise ValueError(f"metrics.{name} is no metric; known are {', '.join(METRICS)}")
            direction, best, worst = METRICS[name]
            if metric.direction != direction:
                raise ValueError(f"metrics.{name}.direction should be {direction!r}")
            if metric.floor is not None and not min(best, worst) <= metric.floor <= max(
                best, worst
            ):
                raise ValueError(
                    f"metrics.{name}.floor should be between {min(best, worst):g} and "
                    f"{max(best, worst):g}: no model can be beyond {metric.floor:g}"
                )
        if self.primary not in self.metrics:
            raise ValueError(f"primary should be one of metrics: {', '.join(self.metrics)}")
        return self


class Spoken(Words):
    """The report's words, and the share of rows that would be acted on."""

    flagged: Annotated[float, Field(gt=0, lt=1)]


class Versions(Section):
    """How a version is numbered."""

    major: list[str]


class Triggers(Section):
    """What starts a run."""

    pull_request: bool
    push: bool
    schedule: bool
    button: bool
    alarm: bool


class Policy(Section):
    """The whole of policy.yaml."""

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
    """Return the policy that judges a change from `commit`, and notes on it for the report.

    Raises:
        UserError: if the file of this folder is wrong: merged, it would judge the next change.
    """
    own = read(Path(POLICY), Policy)
    text = show(commit, POLICY) if commit else None
    if text is None:
        return own, [] if commit is None else [f"the base has no {POLICY}: this one judges"]
    with TemporaryDirectory() as folder:
        path = Path(folder) / POLICY
        path.write_text(text, "utf-8")
        try:
            return read(path, Policy), []
        except UserError as error:
            why = str(error).removeprefix(f"{path}: ")
            return own, [f"the base's {POLICY} cannot be read here ({why}): this one judges"]
