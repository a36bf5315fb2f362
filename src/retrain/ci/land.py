"""Make a run's results official: the one writer of dvc.lock and the reports.

A landing builds on the remote's newest commit, and offers commit, tag and `refs/retrain/landed` in
one push that the remote takes whole or not at all. Killed anywhere before, it has changed nothing
but this folder; the next one begins again. Data and models are on the DVC remote before.
"""

from dataclasses import dataclass
from pathlib import Path

from dvc.repo import Repo

from retrain.ci import push
from retrain.ci.collect import artifact
from retrain.ci.commit import accept, tag
from retrain.ci.git import ask, git, show
from retrain.ci.listener import Told
from retrain.ci.policy import judging
from retrain.ci.publish import REPORT
from retrain.ci.ready import Ready, message, prepare, published
from retrain.ci.remote import TAGS
from retrain.ci.repository import LOCK
from retrain.errors import UserError
from retrain.registry import versions

RETRIES = 3
PROPOSALS = "retrain/"  # where their branches begin


@dataclass(frozen=True)
class Landing:
    """What the remote's default branch is now; `version` if one was registered."""

    commit: str
    landed: bool  # whether the branch has moved
    verdict: str | None  # of what was built; None: nothing had to be
    version: str | None


class RefusedError(push.ProtectedError):
    """The remote protects its branch; what was built may be proposed."""

    def __init__(self, text: str, proposal: "Proposal") -> None:
        """Keep the proposal."""
        super().__init__(text)
        self.proposal = proposal


@dataclass(frozen=True)
class Proposal:
    """A branch for a forge to open a request of; `branch` is None if there is nothing new."""

    branch: str | None
    commit: str
    into: str
    title: str
    body: str  # the file that holds it
    verdict: str | None


def land(repo: Repo, tell: Told, cause: str | None = None) -> Landing:
    """Build on the remote's newest commit what it asks for, judge it, push it, register it.

    `cause` is who or what asked for it, for the report.

    Raises:
        UserError: see `ready.prepare` and `push.push`; nothing has landed then.
        RefusedError: if the branch is protected.
    """
    for _ in range(1 + RETRIES):
        ready = prepare(repo, tell, cause)
        made = published(repo, ready)
        version = next_version(repo, ready, made)
        label = (version, tag(version, made, message(ready))) if version else None
        try:
            # the ref moves though nothing else does: from now on this commit's policy judges
            if made != ready.tip.commit or label or made != ready.tip.landed:
                push.push(ready.tip, made, label)
                accept(made)
        except push.LostError:
            tell("land: somebody pushed first; again, on top of that")
            continue
        except push.ProtectedError as error:
            raise RefusedError(str(error), _proposal(ready, made)) from None
        return Landing(made, made != ready.tip.commit, ready.judged, version)
    raise UserError(f"somebody pushed first, {1 + RETRIES} times; run the same command again")


def propose(repo: Repo, tell: Told) -> Proposal:
    """Build the same, and push it to a branch of its own, named by what it holds.

    The branch of the same results is pushed once. Nothing is registered: the landing does that
    once the proposal is merged.

    Raises:
        UserError: see `ready.prepare` and `push.push_branch`.
    """
    proposal = offer(repo, tell)
    if proposal.branch:
        push.push_branch(proposal.commit, proposal.branch)
    return proposal


def offer(repo: Repo, tell: Told, cause: str | None = None) -> Proposal:
    """Build the same, and leave its commit in this clone, for whoever pushes it.

    `cause` is who or what asked for it, for the report.

    Raises:
        UserError: see `ready.prepare`.
    """
    ready = prepare(repo, tell, cause)
    return _proposal(ready, published(repo, ready))


def _proposal(ready: Ready, made: str) -> Proposal:
    into = ready.tip.branch
    if made == ready.tip.commit:
        return Proposal(None, made, into, "nothing to propose", REPORT, None)
    branch = f"{PROPOSALS}{git('rev-parse', f'{made}^{{tree}}')[:12]}"
    title = message(ready).splitlines()[0]
    return Proposal(branch, made, into, title, REPORT, ready.judged)


def next_version(repo: Repo, ready: Ready, made: str) -> str | None:
    """Return the tag of the version to register, or None: not promoted, or registered before."""
    if ready.verdict is None or ready.verdict.verdict != "promote":
        return None
    name = artifact(repo)
    known = versions.registered(name, TAGS)
    if versions.of_lock(known, ask("rev-parse", f"{made}:{LOCK}")):
        return None
    newest = known[-1] if known else None
    policy, _ = judging(ready.base.commit)
    old = show(newest.commit, LOCK) if newest else None
    new = Path(LOCK).read_text("utf-8")
    number = versions.following(newest, old or new, new, policy.versions.major)
    return f"{name}@v{'.'.join(map(str, number))}"
