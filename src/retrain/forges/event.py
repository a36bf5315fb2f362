"""What starts a run, in one shape whichever forge says so."""

from dataclasses import dataclass
from typing import Literal

Trigger = Literal["pull_request", "push", "schedule", "button", "alarm"]
REASON = 500  # characters

# whose newer proposal replaces the older one: nights and alarms offer the newest data, and what
# somebody has pressed the button for is theirs
FAMILIES = {"schedule": "data", "alarm": "data", "button": "button", "push": "push"}


@dataclass(frozen=True)
class Event:
    """Something that has happened at a forge."""

    trigger: Trigger
    run: str  # its name, which no other run has: digits and hyphens
    cause: str | None = None  # who or what asked for it, and why, as the end of "asked for by …"
    branch: str | None = None  # that it is on; None: a change under review
    base: str | None = None  # of a change under review: the branch that it goes to
    first_push: bool = False  # of a repository
    new_data: bool = False  # whether to look for some
    overrides: str = ""  # parameters: `key=value`, one or more
    propose: bool = False  # False: a change that has been merged lands, and else there is a report

    @property
    def lands(self) -> bool:
        """Tell whether its results become official, or are proposed to."""
        return self.propose or self.trigger == "push"

    @property
    def family(self) -> str:
        """Return the word for the proposals that replace each other."""
        return FAMILIES[self.trigger]


def short(reason: str) -> str:
    """Return somebody's reason on one line, and not too long."""
    return " ".join(reason.split())[:REASON]
