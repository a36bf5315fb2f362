"""Make a run's results official: the one writer of dvc.lock and the reports.

A landing builds on the remote's newest commit, and offers commit, tag and an entry of the record in
one push that the remote takes whole or not at all. Killed anywhere before, it has changed nothing
but this folder; the next one begins again. Data and models are on the DVC remote before.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

from dvc.repo import Repo

from retrain.errors import UserError
from retrain.gate.policy import judging
from retrain.landing import push
from retrain.landing.commit import accept, reworded
from retrain.landing.prepare import Ready, message, prepare, published
from retrain.landing.request import BY_HAND, Asked
from retrain.paths import LOCK, REPORT
from retrain.registry import versions
from retrain.registry.semver import following
from retrain.repo import objects, record
from retrain.repo.git import named, show
from retrain.report.collect import artifact

log = logging.getLogger(__name__)

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


def land(repo: Repo, asked: Asked = BY_HAND, first: bool = False) -> Landing:
    """Build on the remote's newest commit what it asks for, judge it, push it, register it.

    Args:
        repo: see `dvc.opened`.
        asked: who or what asked for it.
        first: see `prepare.prepare`.

    Raises:
        UserError: see `prepare.prepare` and `push.push`; nothing has landed then.
        RefusedError: if the branch is protected.
    """
    for _ in range(1 + RETRIES):
        ready = prepare(repo, asked, first)
        try:
            return push_ready(repo, ready, published(repo, ready))
        except push.LostError:
            log.info("land: another push was first; again, on top of that")
    raise UserError(f"another push was first, {1 + RETRIES} times; run the same command again")


def push_ready(repo: Repo, ready: Ready, made: str) -> Landing:
    """Push a commit of what is ready, and register it.

    Raises:
        LostError: if the remote has moved on.
        RefusedError: if the branch is protected.
        UserError: if the remote refuses; nothing has landed then.
    """
    version = next_version(repo, ready)
    said = message(ready)
    label = (version, objects.tag(version, made, said)) if version else None
    try:
        # recorded though nothing else moves: from now on this commit's policy judges
        if made != ready.tip.commit or label or made != ready.tip.landed:
            recorded = record.add(ready.tip.record, made, version, said)
            push.push(ready.tip, made, recorded, label)
            accept(made)
    except push.ProtectedError as error:
        raise RefusedError(str(error), proposal(ready, made)) from None
    return Landing(made, made != ready.tip.commit, ready.judged, version)


def propose(repo: Repo) -> Proposal:
    """Build the same, and push it to a branch of its own, named by what it holds.

    The branch of the same results is pushed once. Nothing is registered: the landing does that
    once the proposal is merged.

    Raises:
        UserError: see `prepare.prepare` and `push.push_branch`.
    """
    ready = prepare(repo, BY_HAND)
    found = proposal(ready, published(repo, ready))
    if found.branch:
        push.push_branch(found.commit, found.branch)
    return found


def proposal(ready: Ready, made: str) -> Proposal:
    """Return what is ready as a proposal, whose commit is in this clone alone."""
    into = ready.tip.branch
    if made == ready.tip.commit:
        return Proposal(None, made, into, "nothing to propose", REPORT, None)
    tree = named(made, "") or ""
    branch = f"{PROPOSALS}{tree[:12]}"
    said = message(ready, proposed=True)
    title = said.splitlines()[0]
    return Proposal(branch, reworded(made, said), into, title, REPORT, ready.judged)


def next_version(repo: Repo, ready: Ready) -> str | None:
    """Return the tag of the version to register, or None: only what was built here and promoted."""
    if ready.judged != "promote":
        return None
    name = artifact(repo)
    known = versions.read(name, ready.tip)
    newest = known.registered[-1] if known.registered else None
    policy, _ = judging(ready.base.commit)
    old = show(newest.commit, LOCK) if newest else None
    new = Path(LOCK).read_text("utf-8")
    number = following(
        newest.number if newest else None, old or new, new, policy.versions.major, known.taken
    )
    return f"{name}@v{'.'.join(map(str, number))}"
