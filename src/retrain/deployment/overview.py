"""All that Git says of versions and deployments, and the policy that rules them."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from retrain.errors import UserError, suggest
from retrain.gate.policy import Policy
from retrain.paths import POLICY
from retrain.registry import deployment_tags, versions
from retrain.registry.deployment_tags import Assignment, Assignments
from retrain.registry.versions import Version, Versions
from retrain.repo import line, record, remote
from retrain.repo.base import REMEDY, shallow
from retrain.repo.git import short, show
from retrain.repo.remote import Tip
from retrain.run.problem import artifact, content
from retrain.settings import parse

NOTHING = "an empty name"
SECOND = "%Y-%m-%d %H:%M:%S UTC"
NEWEST = "newest"  # in place of a version's name


@dataclass(frozen=True)
class Registry:
    """The versions of a model, and where they are."""

    artifact: str
    tip: Tip
    versions: Versions
    assignments: Assignments

    @property
    def problems(self) -> list[str]:
        return [*self.versions.problems, *self.assignments.problems]

    @property
    def ruling(self) -> str:
        """Return the commit whose policy counts: the newest landing."""
        return self.tip.landed or self.tip.commit

    @cached_property
    def policy(self) -> Policy:
        if (text := show(self.ruling, POLICY)) is None:
            raise UserError(f"{POLICY} is not in {short(self.ruling)}; restore it, and land that")
        return parse(text, Policy, Path(f"{POLICY} of {short(self.ruling)}"))

    @property
    def remedy(self) -> str:
        """Return the command that registers the first version."""
        if line.value() and self.tip.landed:
            return f"retrain promote{line.option()} --reason WHY"
        return line.land()

    def version(self, name: str | None = None) -> Version:
        """Return a version by its name, such as `v1.2.0`; NEWEST, or None: the newest."""
        known = {each.name: each for each in self.versions.registered}
        if not known:
            why = f" ({self.problems[0]})" if self.problems else ""
            raise UserError(
                f"no version of {self.artifact} is registered yet{why}; first: {self.remedy}"
            )
        if name in (None, NEWEST):
            return self.versions.registered[-1]
        plain = name.removeprefix(f"{self.artifact}@")
        if plain not in known:
            raise UserError(f"{name or NOTHING} is not a version; {suggest(plain, known)}")
        return known[plain]

    def stages(self) -> list[str]:
        """Return the stages of the policy, in its order, and those that only tags name."""
        # as YAML: the policy may be one of another version of this program
        named = content(POLICY, self.ruling).get("stages")
        known = map(str, named if isinstance(named, dict | list) else ())
        return [*dict.fromkeys([*known, *(each.stage for each in self.assignments.found)])]

    def check_stage(self, stage: str) -> None:
        """Raise unless the policy names a stage, or a tag does."""
        if stage not in (known := self.stages()):
            raise UserError(
                f"{stage or NOTHING} is not a stage of the {POLICY} that has landed; "
                f"{suggest(stage, known)}"
            )

    def deployed(self, stage: str, when: datetime | None = None) -> Assignment:
        """Return what a stage has, or had; raise where that is nothing."""
        self.check_stage(stage)
        if found := self.assignments.on(stage, when):
            return found
        then = f"was on {stage} at {when:{SECOND}}" if when else f"is on {stage}"
        first = self.assignments.of(stage)[:1]
        remedy = f"first: retrain deploy VERSION {stage} --reason WHY"
        since = f"the first deployment was at {first[0].time:{SECOND}}" if first else remedy
        raise UserError(f"nothing {then}; {since}")

    def entry(self, version: Version) -> record.Entry:
        """Return what was recorded when a version was registered."""
        return next(each for each in self.tip.record.entries if each.version == version.tag)

    def signed(self, assignment: Assignment) -> bool:
        """Return whether a workflow has made it, for the model that was registered."""
        registered = self.entry(assignment.version).model
        return assignment.signed and registered in ("", assignment.model)


def read(tip: Tip) -> Registry:
    """Return what the remote has; raise where this clone has not all of it."""
    if shallow():
        raise UserError(f"the history of the versions {REMEDY}")
    name = artifact()
    deployment_tags.check_complete(name, tip)
    known = versions.read(name, tip)
    return Registry(name, tip, known, deployment_tags.read(name, known.registered))


def known() -> tuple[Registry, list[str]]:
    """Return what the remote has, or what this clone knows of it, and notes on what is wrong."""
    tip, problem = remote.known()
    found = read(tip)
    return found, [*([problem] if problem else []), *found.problems]
