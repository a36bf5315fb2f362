"""A run, its judgement and its report in one go; the report is written whatever happens."""

from dataclasses import replace

from dvc.repo import Repo

from retrain.errors import UserError
from retrain.gate.gate import gate
from retrain.gate.policy import judging
from retrain.gate.schema import Verdict
from retrain.registry import versions
from retrain.repo import remote
from retrain.repo.base import Base
from retrain.repo.remote import Tip
from retrain.report.collect import artifact, collect
from retrain.report.publish import discard, write
from retrain.run.execution import run
from retrain.run.plan import plan
from retrain.run.steps import Told

UNLANDED = "the base has commits that have not landed; what they change counts here too"


def judged(
    repo: Repo,
    base: Base,
    tell: Told,
    distrust: str | None = None,
    cause: str | None = None,
    version: str | None = None,
    tip: Tip | None = None,
) -> Verdict | None:
    """Build what differs from the base, judge it, and report; None where nothing asks for a run.

    Args:
        repo: see `repository.opened`.
        base: whose results the run starts from; without a commit, everything is built.
        tell: called with a line of text before each long step.
        distrust: why not even the base's results are believed, so that everything is built.
        cause: who or what asked for the run, for the report.
        version: the champion's name; see `versions.champion`.
        tip: the remote, if it was just asked.

    Raises:
        UserError: if the run fails, or there is no such version.
    """
    discard()  # whatever happens now, no report of another run is left
    policy, notes = judging(base.commit)
    # before the run, whose code could write a tag into this clone
    tip, problem = (tip, None) if tip else remote.known()
    known = versions.read(artifact(repo), tip)
    champion = versions.champion(known.registered, version)
    notes += [*filter(None, [problem]), *known.problems]
    notes += [UNLANDED] if remote.unlanded(base.commit, tip.landed) else []
    planned = plan(repo, base)
    if distrust:
        notes.append(distrust)
        planned = replace(planned, needed=True)
    verdict = None
    try:
        if planned.needed:
            start = None if distrust else base.commit
            run(repo, tell, base=start, rebuild=start is None)
            verdict = gate(repo, base.commit, champion, policy, tell)
    except UserError as error:
        write(collect(repo, base, planned, policy, notes, failure=str(error), cause=cause))
        raise
    write(collect(repo, base, planned, policy, notes, cause=cause, verdict=verdict))
    return verdict
