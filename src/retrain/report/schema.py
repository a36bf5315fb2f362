"""Everything that a report says, as data: collected where the run was, rendered anywhere.

A job that renders it need not trust the job that collected it: it is read strictly, within
limits, and what it holds is text to be escaped. No field is ever executed, opened or followed.
"""

from typing import Annotated, Literal

from pydantic import Field

from retrain.gate.policy import Words
from retrain.gate.schema import Verdict
from retrain.run.outputs import Contract, Step
from retrain.settings import Count, Line, Number, Section


class Change(Section):
    kind: Literal[
        "parameter", "data", "code", "dependency", "contract", "pipeline", "test", "policy"
    ]
    name: Line
    before: Line | None
    after: Line | None


class Moved(Section):
    name: Line  # of a feature
    psi: Number  # of its distribution, against that of the other partitions
    mean: Number | None  # None where it is a category
    elsewhere: Number | None


class NewRows(Section):
    """A partition that the base has not, and how its rows differ from all others."""

    partition: Line
    rows: Count
    outcome: Number | None  # its mean; None where it is a class
    elsewhere: Number | None
    moved: Annotated[list[Moved], Field(max_length=3)]


class Windows(Section):
    train: Line
    test: Line
    train_rows: Count
    test_rows: Count


Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{7,64}$")]
VERSION = r"^(none|v[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9})$"  # none: before the first


class Built(Section):
    """What the run built. A command is made of it, so it holds nothing that a shell could run."""

    commit: Commit
    base: Commit
    new_data: bool  # fetched, and in no commit
    edited: bool  # files that are in no commit
    champion: Annotated[str, Field(pattern=VERSION)] | None = None  # None: nothing was judged
    context: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,100}$")] | None = None  # of its own line


class Facts(Section):
    artifact: Line  # the model's name
    words: Words
    base: Line | None  # a short commit; None: there is nothing to compare with, and `notes` say why
    needed: bool  # whether code, data or parameters ask for a run at all
    error: Line | None  # the run failed with this sentence
    cause: Line | None = None  # who or what asked for the run, and why
    # results that were committed and are not believed, a base that is missing…
    notes: Annotated[list[Line], Field(max_length=100)]
    changes: Annotated[list[Change], Field(max_length=500)]
    new_rows: Annotated[list[NewRows], Field(default=[], max_length=10_000)]
    judged_by: Literal["base", "own"] = "base"  # whose policy
    windows: Windows | None
    reference: dict[Line, Number | None]  # the metrics of the simple model to beat
    # metrics that the gate does not judge: (base, this run); None where one of them has no such
    others: dict[Line, tuple[Number | None, Number | None]]
    verdict: Verdict | None  # None: nothing was trained
    contract: Contract | None
    steps: Annotated[list[Step], Field(max_length=1000)]
    built: Built
