"""A run, its judgement and its report in one go; the report is written whatever happens.

In a job of CI these are steps of their own, which settle the same again.
"""

from dataclasses import dataclass, replace

from dvc.repo import Repo

from retrain.errors import UserError
from retrain.gate.gate import gate
from retrain.gate.policy import Policy, judging
from retrain.gate.schema import Verdict
from retrain.registry import versions
from retrain.registry.versions import Version
from retrain.repo import remote
from retrain.repo.base import Base
from retrain.repo.remote import Tip
from retrain.report import publish
from retrain.report.collect import artifact, collect
from retrain.report.schema import Facts
from retrain.run import execution
from retrain.run.plan import Plan, plan

UNLANDED = "the base has commits that have not landed; what they change counts here too"


@dataclass(frozen=True)
class Terms:
    """What a run starts from, and what judges it: settled by Git alone, whatever the run does."""

    base: Base
    plan: Plan
    policy: Policy
    champion: Version | None
    notes: list[str]
    start: Base  # whose results are believed; without a commit, everything is built
    cause: str | None

    def report(
        self, repo: Repo, failure: str | None = None, verdict: Verdict | None = None
    ) -> Facts:
        """Write the report of what is in this folder, and return its facts; see `collect`."""
        parts = (repo, self.base, self.plan, self.policy, self.notes)
        facts = collect(*parts, failure=failure, cause=self.cause, verdict=verdict)
        publish.write(facts)
        return facts

    def judge(self, repo: Repo) -> Verdict:
        """Return the gate's verdict on what is in this folder."""
        return gate(repo, self.base.commit, self.champion, self.policy)

    def run(self, repo: Repo) -> Verdict | None:
        """Build what differs from the base, judge it, and report; None where no run is needed.

        Raises:
            UserError: if the run fails; the report says so too.
        """
        verdict = None
        try:
            if self.plan.needed:
                execution.run(repo, base=self.start)
                verdict = self.judge(repo)
        except UserError as error:
            self.report(repo, failure=str(error))
            raise
        self.report(repo, verdict=verdict)
        return verdict


def settle(
    repo: Repo,
    base: Base,
    distrust: str | None = None,
    cause: str | None = None,
    version: str | None = None,
    tip: Tip | None = None,
) -> Terms:
    """Return the terms of a run; before it, for its code could write a tag into this clone.

    Args:
        repo: see `dvc.opened`.
        base: whose results the run starts from; without a commit, everything is built.
        distrust: why not even the base's results are believed, so that everything is built.
        cause: who or what asked for the run, for the report.
        version: the champion's name; see `versions.champion`.
        tip: the remote, if it was just asked.

    Raises:
        UserError: if the base's policy cannot be read, or there is no such version.
    """
    policy, notes = judging(base.commit)
    tip, problem = (tip, None) if tip else remote.known()
    known = versions.read(artifact(repo), tip)
    notes += [*filter(None, [problem]), *known.problems]
    notes += [UNLANDED] if remote.unlanded(base.commit, tip.landed) else []
    planned = plan(repo, base)
    if distrust:
        notes.append(distrust)
        planned = replace(planned, needed=True)
    champion = versions.champion(known.registered, version)
    start = Base(None, distrust) if distrust else base
    return Terms(base, planned, policy, champion, notes, start, cause)


def discard() -> None:
    """Remove report and records of the previous run: whatever this one does, they do not stay."""
    publish.discard()
    execution.discard()
