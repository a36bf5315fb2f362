"""What starts a run, in one shape whichever forge says so."""

import re
from dataclasses import dataclass
from typing import Literal

from retrain.errors import UserError
from retrain.landing.provenance import Provenance

Trigger = Literal["pull_request", "push", "schedule", "button", "alarm", "deployment"]
REASON = 500  # characters
RESULTS = {"report": False, "propose": True}  # what the button can ask for
ACTIONS = DEPLOY, ROLL_BACK = ("deploy", "roll back")
NEWEST = "newest"  # in place of a version's name
MOVED = re.compile("[0-9a-f]{12}")

# whose newer proposal replaces the older one: nights and alarms offer the newest data, and what
# a person has pressed the button for is theirs
FAMILIES = {"schedule": "data", "alarm": "data", "button": "button", "push": "push"}


@dataclass(frozen=True)
class Event:
    """Something that has happened at a forge."""

    trigger: Trigger
    run: str  # its name, which no other run has: digits and hyphens
    cause: str | None = None  # who or what asked for it, and why, as the end of "asked for by …"
    branch: str | None = None  # that it is on; None: a change under review
    base: str | None = None  # of a change under review: what it is compared with
    first_push: bool = False  # of a repository
    new_data: bool = False  # whether to look for some
    overrides: str = ""  # parameters: `key=value`, one or more
    context: str = ""  # of policy.yaml: for its rows alone, and a report only
    propose: bool = False  # False: a change that has been merged lands, and else there is a report
    actor: str = ""  # the account that has started it
    reason: str = ""
    address: str = ""  # of the run, for people
    moved: str = ""  # of an alarm: the name of what has moved, `monitoring.schema.Drift.cause`

    def provenance(self) -> Provenance:
        return Provenance(self.trigger, self.actor, self.reason, self.address, self.cause)

    @property
    def pipeline(self) -> str:
        """Return the name of the run that its jobs share: of GitHub's run, of GitLab's pipeline."""
        return self.run.partition("-")[0]

    @property
    def lands(self) -> bool:
        return self.propose or self.trigger == "push"

    @property
    def family(self) -> str:
        """Return the word for the proposals that replace each other."""
        return FAMILIES[self.trigger]


@dataclass(frozen=True)
class Deployment:
    """What a person wants to be on a stage: a version, or what was there before."""

    event: Event
    stage: str
    action: str  # one of ACTIONS
    version: str | None  # None: the newest

    @property
    def goes_back(self) -> bool:
        return self.action == ROLL_BACK


def night(run: str, branch: str) -> Event:
    return Event("schedule", run, "the schedule", branch, new_data=True, propose=True)


def alarm(run: str, branch: str, reason: str, moved: object = "") -> Event:
    """Return what monitoring starts, for whatever reason it gives.

    `moved` is ours to give: of any other form, as from elsewhere, it is nothing.
    """
    why = _short(reason)
    cause = f"an alarm: {why or 'no reason given'}"
    known = moved if isinstance(moved, str) and MOVED.fullmatch(moved) else ""
    return Event("alarm", run, cause, branch, new_data=True, propose=True, reason=why, moved=known)


def look(run: str, branch: str) -> Event:
    """Return what looks whether there is an alarm: the newest data, and nothing to build."""
    return Event("alarm", run, branch=branch, new_data=True)


def button(
    run: str,
    branch: str,
    who: str,
    reason: str,
    result: str,
    new_data: str,
    overrides: str,
    context: str = "",
) -> Event:
    """Return what a press of the button starts.

    Raises:
        UserError: if they do not say why, or ask for another result than there is.
    """
    context = context.strip()
    if not (why := _short(reason)):
        raise UserError("the button asks for a reason, and it is empty; say why you press it")
    if result not in RESULTS:
        raise UserError(f"result is {result!r}; choose one of {', '.join(RESULTS)}")
    if context and RESULTS[result]:
        raise UserError(
            "a run for one context gives a report; to land its own model: retrain land --context "
            "VALUE"
        )
    return Event(
        "button",
        run,
        f"{who or 'a person'}, by the button: {why}",
        branch,
        new_data=new_data.lower() == "true",
        overrides=overrides,
        context=context,
        propose=RESULTS[result],
        reason=why,
    )


def deployment(
    run: str, branch: str, reason: str, stage: str, action: str, version: str
) -> Deployment:
    """Return what a person has asked for.

    Raises:
        UserError: if they do not say why, or what cannot be done.
    """
    if not (why := _short(reason)):
        raise UserError("a deployment asks for a reason, and it is empty; say why")
    if action not in ACTIONS:
        raise UserError(f"action is {action!r}; choose one of {', '.join(ACTIONS)}")
    name = None if version.strip() in ("", NEWEST) else version.strip()
    if name and action == ROLL_BACK:
        raise UserError(
            f"a roll-back returns to the version before, and asks for none; to have {name}, "
            f"choose {DEPLOY}"
        )
    return Deployment(Event("deployment", run, branch=branch, reason=why), stage, action, name)


def _short(reason: str) -> str:
    """Return a person's reason on one line, and not too long."""
    return " ".join(reason.split())[:REASON]
