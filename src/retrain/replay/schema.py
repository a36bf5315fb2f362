"""What a replay has found, for a program: `replay.json`."""

from typing import Annotated

from pydantic import Field

from retrain.gate.schema import Difference
from retrain.settings import Count, Line, Number, Section

NEVER, EVERY, ALARM, VERDICT = "never", "every", "on alarm", "on verdict"  # the policies


class Figure(Section):
    """A metric, with the policy's interval; None where it is undefined."""

    value: Number | None
    low: Number | None = None
    high: Number | None = None


Figures = dict[Line, Figure]  # by the name of a metric


class Month(Section):
    """A partition, as a policy has lived through it."""

    name: Line
    rows: Count  # whose outcome is known
    learned: Line  # the newest partition of the data that the model in use was built from
    figures: Figures
    alarms: list[Line]  # why the month is an alarm against that model
    trained: bool = False  # after the month
    taken: bool = False  # whether the trained model is in use from then on
    why: Line = ""


class Course(Section):
    """What a policy did, what that took, and what its models were worth in all months together."""

    policy: Line
    months: Annotated[list[Month], Field(max_length=10_000)]
    figures: Figures
    against_never: Difference | None = None  # by the primary metric, on the same rows

    @property
    def trainings(self) -> int:
        return sum(month.trained for month in self.months)

    @property
    def taken(self) -> int:
        return sum(month.taken for month in self.months)

    @property
    def alarms(self) -> int:
        return sum(bool(month.alarms) for month in self.months)


class Replay(Section):
    first: Line  # the first month that a model served
    last: Line
    history: Line  # what the first model was built from, such as 2013-01 to 2013-06
    unit: Line  # what a partition is: month, week or day
    rows: Count
    called: Line  # how the business calls a row, in the plural
    primary: Line
    higher_is_better: dict[Line, bool]
    confidence: Number  # of the intervals
    monitored: bool  # whether there is a policy on alarm
    courses: Annotated[list[Course], Field(max_length=10)]
