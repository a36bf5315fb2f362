"""What policy.yaml may say, and whose policy judges a change: the base's."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from retrain.errors import UserError
from retrain.metrics.table import TABLE, Task, check_task, users_metric
from retrain.metrics.table import Metric as KnownMetric
from retrain.paths import PARAMS, POLICY
from retrain.repo.git import show
from retrain.repo.line import name_of
from retrain.run.problem import Problem, other_model, problem
from retrain.settings import Section, parse, read

# what the report says of a task
NEEDED: dict[Task, tuple[str, ...]] = {
    "binary": ("outcome", "flagged"),
    "multiclass": (),
    "regression": ("unit",),
}
Share = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
CENTURY = 36_525  # days: no date that is computed with these leaves the calendar
Name = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?$")]


class Metric(Section):
    """The least that a model must reach (`floor`), and by how much it may be worse (`tolerance`).

    Every metric but the primary one has a tolerance.

    `better` of a metric that src/pipeline/metrics.py defines, and of no other.
    """

    better: Literal["lower", "higher"] | None = None
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
    # of its tests those whose failure blocks nothing, by their functions' names
    warns: list[str] = Field(default_factory=list)
    # by how much the primary metric may surely be worse in a slice; None: slices do not decide
    slice_tolerance: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None

    @cached_property
    def table(self) -> dict[str, KnownMetric]:
        return {
            name: TABLE.get(name) or users_metric(metric.better == "higher")
            for name, metric in self.metrics.items()
        }

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for name, metric in self.metrics.items():
            if (name in TABLE) == bool(metric.better):
                raise ValueError(
                    f"metrics.{name}.better should be left out: its direction is known"
                    if metric.better
                    else f"metrics.{name} is not known; known are {', '.join(TABLE)}; one of "
                    "your own, of src/pipeline/metrics.py, has `better: lower` or `better: higher`"
                )
            if metric.floor is not None and not self.table[name].can_reach(metric.floor):
                low, high = self.table[name].domain
                raise ValueError(
                    f"metrics.{name}.floor should be one that a model can fall short of and reach, "
                    f"between {low:g} and {high:g}, and is {metric.floor:g}"
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
    """How the business calls a row, in the plural.

    Of a binary task, how it calls a row that had the outcome; of a regression, the outcome's unit.
    """

    rows: Annotated[str, Field(max_length=40)]
    outcome: Annotated[str, Field(max_length=40)] | None = None
    unit: Annotated[str, Field(max_length=40)] | None = None


class Spoken(Words):
    flagged: Annotated[float, Field(gt=0, lt=1)] | None = None


class Versions(Section):
    major: list[str]


class Triggers(Section):
    pull_request: bool
    push: bool
    schedule: bool
    button: bool
    alarm: bool


class Stage(Section):
    follows: bool  # whether each new version is deployed there by its landing


class Deploy(Section):
    """Who may start a deployment to the last stage: accounts of the forge; none: whom it lets."""

    approvers: list[str]
    pages: bool  # whether the forge publishes what `make site` writes


class Integrity(Section):
    """Limits on what is wrong in any season; shares of rows, but for `unexplained`."""

    new: Share  # of rows with a category that training has not seen
    vanished: Share  # that a category had, of which no row is left
    constant: Share  # that one value fills, which filled less than half
    missing: Share  # more than in training
    outside: Share  # far outside the range of training
    unexplained: Positive  # from what the other features say, in standard deviations


class Outcome(Section):
    """By how much the model may surely be worse than in its own test window."""

    confidence: Annotated[float, Field(ge=0.5, lt=1)]  # one-sided
    metric: Positive  # the primary one, as a part of its value there
    calibration: Positive  # the mean prediction less the mean outcome
    level: Positive  # the mean outcome


class Inputs(Section):
    psi: Positive
    season: Annotated[int, Field(ge=1, le=CENTURY)] | None  # days; None: the data have no season


class Drift(Section):
    """How far the world may move before it is an alarm, and what monitoring looks at."""

    min_rows: Annotated[int, Field(ge=1)]
    integrity: Integrity
    outcome: Outcome
    inputs: Inputs
    seen: Annotated[str, Field(min_length=1)]  # "source", or the address of the log
    cooldown: Annotated[float, Field(ge=0, le=CENTURY)]  # days
    # days of which the model may know nothing
    max_age: Annotated[int, Field(ge=1, le=CENTURY)] | None = None


class Contexts(Section):
    """A column of the data, and its values that may each earn a model of their own."""

    column: str
    values: Annotated[list[str], Field(min_length=1)]

    @field_validator("values")
    @classmethod
    def _named(cls, values: list[str]) -> list[str]:
        for number, value in enumerate(values):
            if not name_of(value):
                raise ValueError(f"should have letters a to z or digits, and has {value!r}")
            if name_of(value) in map(name_of, values[:number]):
                raise ValueError(f"should have names that differ, and {value!r} is there twice")
        return values


class Policy(Section):
    words: Spoken
    gate: Gate
    versions: Versions
    triggers: Triggers
    stages: Annotated[dict[Name, Stage], Field(min_length=1)]  # in order, the real one last
    deploy: Deploy
    drift: Drift | None = None  # None: nothing is monitored
    contexts: Contexts | None = None

    @field_validator("stages")
    @classmethod
    def _by_hand(cls, stages: dict[str, Stage]) -> dict[str, Stage]:
        if stages[last := list(stages)[-1]].follows:
            raise ValueError(f"should leave the last one, {last}, to a person: follows: false")
        return stages

    @property
    def monitored(self) -> bool:
        """Tell whether the forge is to raise alarms."""
        return self.drift is not None and self.triggers.alarm

    @property
    def last_stage(self) -> str:
        return list(self.stages)[-1]


def judging(commit: str | None) -> tuple[Policy, list[str]]:
    """Return the policy that judges a change from `commit`, and notes on it for the report."""
    own = read(Path(POLICY), Policy)  # refused if it is wrong: merged, it judges the next change
    this_run, base = problem(), problem(commit) if commit else Problem()
    check(own, this_run)
    text = show(commit, POLICY) if commit else None
    if text is None:
        return own, [] if commit is None else [f"the base has no {POLICY}: this one judges"]
    if commit and (other := other_model(commit)):
        return own, [f"the base builds another model, {other}: this {POLICY} judges"]
    if this_run.task and base.task and this_run.task != base.task:
        tasks = f"{base.task}, and this one is {this_run.task}"
        return own, [f"the base's task is {tasks}: this {POLICY} judges"]
    try:
        found = parse(text, Policy, Path(POLICY))
    except UserError as error:
        why = str(error).removeprefix(f"{POLICY}: ")
        return own, [f"the base's {POLICY} cannot be read here ({why}): this one judges"]
    for name in found.gate.metrics:
        if this_run.evaluate.metrics is not None and name not in this_run.evaluate.metrics:
            raise UserError(
                f"{PARAMS}: evaluate.metrics lacks {name}, by which the base's {POLICY} judges; "
                "leave it in until this change has landed"
            )
    return found, []


def check(policy: Policy, of: Problem) -> None:
    """Raise a `UserError` if a policy's metrics, words or blocks do not fit params.yaml."""
    gate, split = policy.gate, of.prepare
    if split.split == "hash" and split.hash_of and split.hash_of != gate.blocks.column:
        raise UserError(
            f"{POLICY}: gate.blocks.column is {gate.blocks.column}, and {PARAMS} splits by a hash "
            f"of {split.hash_of}, so rows that resemble each other would train and judge; name "
            "one column in both"
        )
    if gate.blocks.ordered and (split.split == "hash" or gate.blocks.column == "key"):
        raise UserError(
            f"{POLICY}: gate.blocks.ordered is true, and rows by {gate.blocks.column} have no "
            "order in time; set it to false"
        )
    if of.task is None:
        return
    for name in gate.metrics:
        check_task(name, of.task, f"{POLICY}: gate.metrics.", f" of {PARAMS}")
        if of.evaluate.metrics is not None and name not in of.evaluate.metrics:
            raise UserError(
                f"{POLICY}: gate.metrics.{name} is not in evaluate.metrics of {PARAMS}; add it"
            )
    for word in NEEDED[of.task]:
        if getattr(policy.words, word) is None:
            raise UserError(f"{POLICY}: words.{word} is missing for the task {of.task}; add it")
