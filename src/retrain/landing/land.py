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
from retrain.landing.prepare import Ready, message, prepare, published
from retrain.paths import LOCK, REPORT
from retrain.registry import versions
from retrain.registry.semver import following
from retrain.repo import commits, record
from retrain.repo.git import REMOTE, call, git, named, show
from retrain.report.collect import artifact

log = logging.getLogger(__name__)

RETRIES = 3
PROPOSALS = "retrain/"  # the prefix of their branches


@dataclass(frozen=True)
class Landing:
    """What the remote's default branch is now; `version` if one was registered."""

    commit: str
    landed: bool  # whether the branch has moved
    verdict: str | None  # of what was built; None: nothing had to be
    version: str | None


@dataclass(frozen=True)
class Proposal:
    """A branch for a forge to open a request of; `branch` is None if there is nothing new."""

    branch: str | None
    commit: str
    into: str
    title: str
    body: str  # the file that holds it
    verdict: str | None


def land(repo: Repo, first: bool = False) -> Landing:
    """Build on the remote's newest commit what it requires, judge it, push it, register it."""
    for _ in range(1 + RETRIES):
        ready = prepare(repo, first)
        try:
            return push_ready(repo, ready, published(repo, ready))
        except push.LostError:
            log.info("land: another push was first; again, on top of that")
    raise UserError(f"another push was first, {1 + RETRIES} times; run the same command again")


def push_ready(repo: Repo, ready: Ready, made: str) -> Landing:
    """Push the commit that was made of what is ready, and register it; see `push.push`."""
    version = next_version(repo, ready)
    text = message(ready)
    tag = (version, commits.tag(version, made, text)) if version else None
    # recorded though nothing else moves: from now on this commit's policy judges
    if made != ready.tip.commit or tag or made != ready.tip.landed:
        push.push(ready.tip, made, record.add(ready.tip.record, made, version, text), tag)
        git("reset", "--quiet", made)  # this folder's branch, as the remote's
        # as if it were fetched
        if tag and call("update-ref", f"refs/tags/{tag[0]}", tag[1], "").returncode:
            log.info(
                f"land: this clone has another tag {tag[0]}; to have the remote's: "
                f"git fetch --force {REMOTE} tag {tag[0]}"
            )
    return Landing(made, made != ready.tip.commit, ready.outcome, version)


def propose(repo: Repo) -> Proposal:
    """Build the same, and push it to a branch that is named by its content: once.

    Nothing is registered: the landing does that once the proposal is merged.
    """
    ready = prepare(repo)
    found = proposal(ready, published(repo, ready))
    if found.branch:
        push.push_branch(found.commit, found.branch)
    return found


def proposal(ready: Ready, made: str) -> Proposal:
    """Return what is ready as a proposal, whose commit is in this clone alone."""
    if made == ready.tip.commit:
        return Proposal(None, made, ready.tip.branch, "nothing to propose", REPORT, None)
    text = message(ready, proposed=True)
    commit = commits.commit(f"{made}^{{tree}}", text, f"{made}^")
    branch = f"{PROPOSALS}{(named(made, '') or '')[:12]}"
    title = text.splitlines()[0]
    return Proposal(branch, commit, ready.tip.branch, title, REPORT, ready.outcome)


def next_version(repo: Repo, ready: Ready) -> str | None:
    """Return the tag of the version to register, or None if nothing was built and promoted."""
    if ready.outcome != "promote":
        return None
    name = artifact(repo)
    known = versions.read(name, ready.tip)
    newest = known.registered[-1] if known.registered else None
    policy, _ = judging(ready.tip.landed)
    old = show(newest.commit, LOCK) if newest else None
    new = Path(LOCK).read_text("utf-8")
    number = following(
        newest.number if newest else None, old or new, new, policy.versions.major, known.taken
    )
    return f"{name}@v{'.'.join(map(str, number))}"
