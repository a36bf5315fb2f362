"""All that the pages show, read once from Git."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element

from retrain.deployment import lineage as lineages
from retrain.deployment.facts import OUTSIDE, Deployment, Lineage
from retrain.deployment.overview import Registry
from retrain.errors import UserError
from retrain.gate.schema import Difference, Verdict, read_verdict
from retrain.registry.versions import Version
from retrain.repo.record import Entry
from retrain.run import outputs
from retrain.run.outputs import Slice
from retrain.site.html import badge, el, said

SIGNS = {"promote": "✓", "keep": "=", "block": "✕"}
EVENTS = {
    "push": "by a push",
    "schedule": "by the schedule",
    "button": "by the button",
    "alarm": "by an alarm",
    "promote": "by hand, over the verdict",
}
MINUTE = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Shown:
    """A version; where its commit lacks what a landing leaves there, `problem` says so."""

    version: Version
    entry: Entry
    on: list[str]  # the stages that have it now
    verdict: Verdict | None
    lineage: Lineage | None
    slices: list[Slice] = field(default_factory=list)
    problem: str = ""

    @property
    def name(self) -> str:
        return self.version.name

    @property
    def page(self) -> str:
        return f"{self.name}.html"

    @property
    def window(self) -> str:
        """Return which part of the data has judged it."""
        return self.lineage.data.test if self.lineage else ""

    def metric(self, name: str) -> float | None:
        return self.verdict.metrics.get(name) if self.verdict else None

    def compared(self, name: str) -> Difference | None:
        """Return how a metric differs from the champion's, on the same rows."""
        found = self.verdict.champion if self.verdict else None
        return found.metrics.get(name) if found and not found.problem else None


@dataclass(frozen=True)
class Period:
    """A time for which a stage had a version; `until` is None where it has it now."""

    version: Version
    deployment: Deployment

    @property
    def since(self) -> datetime:
        return datetime.fromisoformat(self.deployment.since)

    @property
    def until(self) -> datetime | None:
        return datetime.fromisoformat(until) if (until := self.deployment.until) else None

    @property
    def times(self) -> tuple[str, str]:
        until = f"{self.until:{MINUTE}}" if self.until else "it is there now"
        return f"{self.since:{MINUTE}}", until

    @property
    def marks(self) -> list[Element]:
        back = [badge("↶", "rolled back", "back")] if self.deployment.rolled_back else []
        return back if self.deployment.signed else [*back, badge("!", OUTSIDE, "warning")]

    def why(self, limit: int = 200) -> Element:
        who = said(self.deployment.actor, 100) or "unknown"
        return why(who, said(self.deployment.reason, limit), *self.marks)


@dataclass(frozen=True)
class History:
    artifact: str
    stages: list[str]  # the real one first
    last_stage: str
    metrics: dict[str, bool]  # that judge, the primary one first: whether higher is better
    versions: list[Shown]  # oldest first
    periods: list[Period]  # of all stages, oldest first
    problems: list[str]

    @property
    def primary(self) -> str:
        return next(iter(self.metrics))

    def of(self, stage: str) -> list[Period]:
        return [each for each in self.periods if each.deployment.stage == stage]

    def now(self, stage: str) -> Period | None:
        newest = self.of(stage)[-1:]
        return newest[0] if newest and newest[0].until is None else None

    def shown(self, version: Version) -> Shown:
        return next(each for each in self.versions if each.version == version)


def read(known: Registry) -> History:
    policy, found = known.policy, lineages.deployments(known)
    stages = [policy.last_stage, *policy.stages, *(each.stage for _, each in found)]
    primary = policy.gate.primary
    names = [primary, *(name for name in policy.gate.metrics if name != primary)]
    return History(
        artifact=known.artifact,
        stages=[*dict.fromkeys(stages)],
        last_stage=policy.last_stage,
        metrics={name: policy.gate.table[name].higher_is_better for name in names},
        versions=list(_versions(known, found)),
        periods=[Period(version, each) for version, each in found],
        problems=known.problems,
    )


def _versions(known: Registry, found: list[tuple[Version, Deployment]]) -> Iterator[Shown]:
    for version in known.versions.registered:
        on = [each.stage for at, each in found if at == version and each.until is None]
        entry, commit = known.entry(version), version.commit
        try:
            lineage = lineages.of(known, version, found)
            yield Shown(version, entry, on, read_verdict(commit), lineage, outputs.slices(commit))
        except UserError as error:
            yield Shown(version, entry, on, None, None, problem=str(error))


def asked(event: str, actor: str) -> str:
    """Return who or what made a version, in words."""
    words = [said(actor, 100), EVENTS.get(event, said(event, 100))]
    return ", ".join(filter(None, words)) or "unknown"


def why(who: str, reason: str, *marks: Element) -> Element:
    return el("span", *marks, f"{who}: {reason}" if reason else who, class_="words")


def verdict(shown: Shown) -> Element:
    if shown.problem or not shown.verdict:
        return badge("!", "cannot be read", "warning")
    found = shown.verdict.verdict
    return badge(SIGNS[found], found, found)
