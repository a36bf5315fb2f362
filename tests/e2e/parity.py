"""What a forge's own files say of an event and of a job, in the same words for both.

`github/reading.py` and `gitlab/reading.py` read them statically: what starts what, `if` and `rules`,
permissions and environments.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

NOTHING, COMMENTS, EVERYTHING = "nothing", "comments", "branches, tags, proposals"
DEPLOYMENTS = "tags of deployments, releases"
ALARMS = "an alarm"


@dataclass(frozen=True)
class Job:
    """What a job runs, with what, when, and what it may do."""

    commands: tuple[str, ...]
    groups: frozenset[str]
    may_write: str
    minutes: int
    needs: frozenset[str] = frozenset()
    after_failure: bool = False  # whether it runs although a job before it has failed
    one_at_a_time: bool = False
    caches: bool = False  # whether it restores any


@dataclass(frozen=True)
class Row:
    """Something that happens, as each forge calls it, and what the plan then asks for."""

    github: str
    gitlab: str
    next: str
    result: str = "report"  # of the button
    branch: str = "main"
    type: str = ""  # GitHub's, within the event
    deploys: str = "none"  # the stage; GitHub has a button of its own for that
    monitors: bool = False  # the same


@dataclass(frozen=True)
class Started:
    """What an event starts where no job fails; `cancels`: an older run of the same change."""

    jobs: frozenset[str]
    cancels: bool = False


class Files(Protocol):
    """The files of a forge."""

    def inputs(self) -> dict[str, Any]: ...

    def triggers(self) -> set[str]: ...

    def started(self, row: Row) -> Started: ...

    def jobs(self) -> dict[str, Job]: ...


class Reader(Protocol):
    """What reads the files of a forge in a folder."""

    def __call__(self, root: Path) -> Files: ...
