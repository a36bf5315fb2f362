"""What a comparison has found: printed, drawn, and read again by the job that raises the alarm."""

import hashlib
from typing import Annotated, Literal

from pydantic import Field

from retrain.paths import DRIFT
from retrain.settings import Count, Line, Number, Section, from_json

Kind = Literal["integrity", "outcome", "inputs"]
Status = Literal["alarm", "none", "too few"]
REASON = 500  # characters: what an event at a forge keeps of a reason
REMEDY = "it is not what `retrain drift` writes; compare again"


class Alarm(Section):
    """Something that has moved further than policy.yaml allows; `what` says it in words."""

    kind: Kind
    feature: Line  # or `outcome`, or the name of a metric
    check: Line  # the key of policy.yaml: drift that has the limit
    what: Line


class Feature(Section):
    """How far a feature, or the score, is from what the model has learned; None: not defined."""

    name: Line
    psi: Number | None
    ks: Number | None
    missing: Number  # the share of rows
    learned_missing: Number


class Drift(Section):
    status: Status
    against: Line  # the version
    commit: Line
    rows: Count
    period: Line  # the days that the rows are from, or ""
    alarms: Annotated[list[Alarm], Field(max_length=500)]
    features: Annotated[list[Feature], Field(max_length=5000)]
    notes: Annotated[list[Line], Field(max_length=100)]

    @property
    def reason(self) -> str:
        """Return why a training is asked for, on one line."""
        text = "; ".join(each.what for each in self.alarms)
        return text if len(text) <= REASON else f"{text[: REASON - 1]}…"

    @property
    def cause(self) -> str:
        """Return a name for what has moved, whatever the figures: the same until that changes."""
        moved = sorted({f"{each.kind} {each.feature} {each.check}" for each in self.alarms})
        return hashlib.sha256("\n".join([self.against, *moved]).encode()).hexdigest()[:12]


def read(content: str | bytes) -> Drift:
    return from_json(content, Drift, DRIFT, REMEDY)
