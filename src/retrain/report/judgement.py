"""A run, its judgement and its report in one go; the report is written whatever happens.

In a job of CI these are steps of their own, which settle the same again.
"""

import logging
from dataclasses import dataclass, replace
from functools import cached_property

from dvc.repo import Repo

from retrain.errors import UserError
from retrain.gate.policy import Policy, judging
from retrain.gate.schema import Verdict
from retrain.registry import versions
from retrain.registry.versions import Version
from retrain.repo import remote
from retrain.repo.base import Base
from retrain.repo.remote import Tip
from retrain.report import publish
from retrain.report.collect import collect
from retrain.report.schema import Facts
from retrain.run import execution, step_notes
from retrain.run.plan import Plan, plan
from retrain.run.problem import artifact

log = logging.getLogger(__name__)

FIRST = (
    "nothing has landed yet: the first landing builds everything, and registers its model if that "
    "reaches every floor; until then the committed model is what others are compared with"
)
ALONE = (
    "{} has no version yet: it is compared with the model for all contexts, and is registered if "
    "it is surely better for its own rows"
)
UNLANDED = "the base has commits that have not landed; what they change counts here too"


@dataclass(frozen=True)
class Terms:
    """What a run starts from, and what judges it: settled by Git alone, whatever the run does."""

    repo: Repo
    base: Base
    policy: Policy
    champion: Version | None
    notes: list[str]
    distrust: str | None  # why not even the base's results are believed
    cause: str | None  # who or what asked for the run
    common: str | None = None  # of a context's line: what has landed for all contexts
    source: str | None = None  # whose files this folder has, for a context; None: HEAD

    @cached_property
    def plan(self) -> Plan:
        found = plan(self.repo, self.base)
        return replace(found, needed=True) if self.distrust else found

    @property
    def start(self) -> Base:
        """Whose results are believed; without a commit, everything is built."""
        return Base(None, self.distrust) if self.distrust else self.base

    def report(self, failure: str | None = None, verdict: Verdict | None = None) -> Facts:
        """Write the report of what is in this folder, and return its facts; see `collect`."""
        parts = (self.repo, self.base, self.plan, self.policy, self.notes)
        facts = collect(
            *parts, failure=failure, cause=self.cause, verdict=verdict, source=self.source
        )
        publish.write(facts)
        return facts

    def judge(self) -> Verdict:
        from retrain.gate.gate import gate  # a report is written without scikit-learn

        # a line's first version must be better than the model for all contexts
        base = self.base.commit if self.champion else self.common or self.base.commit
        return gate(self.repo, base, self.champion, self.policy)

    def run(self) -> Verdict | None:
        """Build what differs from the base, judge it, and report; None where no run is needed.

        The terms are settled before the run, whose code could write a tag into this clone.
        """
        step_notes.discard()
        for note in self.notes:
            log.info(f"judge: {note}")
        needed, verdict = self.plan.needed, None
        try:
            if needed:
                from retrain.gate import gate  # noqa: F401 (loaded before the model's code runs)

                execution.run(self.repo, base=self.start)
                verdict = self.judge()
        except UserError as error:
            self.report(failure=str(error))
            raise
        self.report(verdict=verdict)
        return verdict


def settle(
    repo: Repo,
    base: Base,
    distrust: str | None = None,
    cause: str | None = None,
    version: str | None = None,
    tip: Tip | None = None,
) -> Terms:
    """Return the terms of a run; `version` names a champion, `tip` is the remote if it is known."""
    publish.discard()  # whatever happens now, no report of another run is left
    policy, notes = judging(base.commit)
    tip, problem = (tip, None) if tip else remote.known()
    known = versions.read(artifact(), tip)
    notes += [*filter(None, [problem]), *known.problems]
    notes += [UNLANDED] if remote.unlanded(base.commit, tip.landed) else []
    notes += [distrust] if distrust else []
    notes += [FIRST] if base.commit and not tip.landed else []
    champion = versions.champion(known.registered, version)
    common = tip.common.landed if tip.common else None
    notes += [ALONE.format(artifact())] if common and not champion else []
    return Terms(repo, base, policy, champion, notes, distrust, cause, common, source=common)
