"""The gate's findings as data: how a model compares with another one, and the verdict.

`reports/verdict.json` holds it. It is in Git, so it names models by hash and version, and holds no
time and no commit: the same models under the same policy give the same bytes.
"""

from typing import Annotated, Literal

from pydantic import Field

from retrain.metrics.table import Task
from retrain.paths import VERDICT
from retrain.registry.next_version import Kind
from retrain.run import outputs
from retrain.settings import Count, Line, Number, Section

Share = Annotated[float, Field(ge=0, le=1)]
Outcome = Literal["promote", "keep", "block"]
Effect = Literal[
    "surely better", "likely better", "not clear", "likely worse", "surely worse", "undefined"
]


class Difference(Section):
    """One metric of two models on the same rows; `difference` is this one minus the other.

    `low` and `high` bound its interval; `likely` is the one-sided confidence that this model is the
    better one. A metric that the rows do not define is None, and so is what would follow from it.
    """

    this: Number | None
    other: Number | None
    difference: Number | None
    low: Number | None
    high: Number | None
    likely: Share | None
    effect: Effect


class Part(Section):
    """The primary metric on one part of the rows: `value` of the column `slice`.

    The interval is corrected for the number of parts: where nothing changed, a report names a part
    by mistake as rarely as the confidence says.
    """

    slice: Line
    value: Line
    rows: Count
    primary: Difference


class Recall(Section):
    """Of the rows that had the outcome, the share among the `flagged` highest scores."""

    flagged: Annotated[float, Field(gt=0, lt=1)]
    positives: Count
    share: Difference


class ClassRows(Section):
    """The rows of one class, and the share of them that each model takes for it."""

    name: Line
    rows: Count
    this: Share
    other: Share
    confused_with: Line | None  # the class that this run's model most often takes it for instead
    confused: Count  # how often


class Comparison(Section):
    """This run's model beside another one, on rows that neither has learned from.

    `problem` says why there is no comparison; then everything else is empty.
    """

    model: Line  # MD5 of the other one's file
    version: Line | None  # its registered version, if it is one
    problem: Line | None = None
    rows: Count = 0
    left_out: Count = 0  # rows that can be judged, and that one of them has learned from
    blocks: Count = 0
    kind: Kind = "change"
    # the one-sided confidence that the primary metric is better by more than the policy's margin
    sure: Share | None = None
    metrics: dict[Line, Difference] = Field(default_factory=dict)
    parts: Annotated[list[Part], Field(max_length=10_000)] = Field(default_factory=list)
    recall: Recall | None = None  # of a binary task
    plain: Difference | None = None  # of another one: accuracy, or the mean absolute error
    # by name of the curve, (x, this model's y, the other's y) at evenly spaced x
    curves: dict[Line, list[tuple[Number, Number, Number]]] = Field(default_factory=dict)
    classes: Annotated[list[ClassRows], Field(max_length=100)] = Field(default_factory=list)


class Rows(Section):
    """The rows of the test window, and whose code defines them and their outcome."""

    defined_by: Literal["base", "this run"]
    total: Count
    unknown: Count  # without an outcome, such as a cancelled order: nothing judges them


class Tests(Section):
    passed: Count
    skipped: Count
    failed: Annotated[list[Line], Field(max_length=1000)]  # with the reasons
    # those that fail, and by the policy block nothing
    warned: Annotated[list[Line], Field(max_length=1000)] = Field(default_factory=list)


class Verdict(Section):
    """The judgement on this run's model.

    `base` shows the effect of the change; `champion` decides. Where both are the same model they
    are the same comparison. None: there is no such model yet.
    """

    verdict: Outcome
    reasons: Annotated[list[Line], Field(max_length=1000)]
    task: Task = "binary"
    model: Line | None = None  # MD5 of its file; None: the data break the contract
    # of this run's model on all rows that can be judged
    metrics: dict[Line, Number | None] = Field(default_factory=dict)
    confidence: Annotated[float, Field(gt=0, lt=1)]  # of every interval but those of parts
    primary: Line
    higher_is_better: dict[Line, bool]
    rows: Rows | None = None  # None: none was judged
    tests: Tests | None = None  # None: the policy names none, or none was run
    base: Comparison | None = None
    champion: Comparison | None = None


def read_verdict(commit: str | None = None) -> Verdict | None:
    return outputs.read(VERDICT, Verdict, commit)
