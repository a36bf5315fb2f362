"""What follows from an event: a report, a landing, or nothing. Nothing is built here."""

import logging
from dataclasses import dataclass
from typing import Literal

from retrain.ci import standing
from retrain.ci.checkout import compared_with, prepare, switched_on
from retrain.ci.event import Event
from retrain.contexts import values
from retrain.gate.policy import judging
from retrain.landing.believed import landing_needed
from retrain.registry import versions
from retrain.repo import dvc, remote
from retrain.report import collect, publish
from retrain.run import ingest
from retrain.run import plan as planner
from retrain.run.problem import artifact

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Decision:
    """What comes next, and why: `build` for a report only, `land` to build and land it."""

    next: Literal["build", "land", "none"]
    why: str


def decide(event: Event) -> Decision:
    """Return what an event asks for; where that is no run, a reviewer finds that in the report."""
    publish.discard()
    if not switched_on(event):
        return Decision("none", f"policy.yaml says triggers.{event.trigger}: false")
    if event.context:
        context = values.of_this_folder(event.context)
        return Decision("build", f"asked for: {context.value} alone")
    tip = remote.remembered()  # before any code of the model's runs
    proposals = standing.read()
    prepare(event, check=False)
    with dvc.opened() as repo:
        problems = versions.read(artifact(), tip).problems
        for problem in problems:
            log.info(f"plan: {problem}")
        if event.trigger == "push":
            needed, why = landing_needed(repo, tip, event.first_push)
            return Decision("land" if needed else "none", why)
        found = compared_with(event)
        plan = planner.plan(repo, found)
        if plan.needed and (same := standing.same(repo, proposals)):
            return Decision(
                "none", f"the same is proposed already, and waits for its merge: {same}"
            )
        if plan.needed:
            return Decision("land" if event.lands else "build", plan.why)
        policy, notes = judging(found.commit)
        notes += [*problems, *ingest.read().corrections]
        publish.write(collect.collect(repo, found, plan, policy, notes, cause=event.cause))
    return Decision("none", plan.why)
