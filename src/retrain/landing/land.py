"""Make a run's results official: the one writer of dvc.lock and the reports.

A landing builds on the remote's newest commit, and offers commit, tag and an entry of the record in
one push that the remote takes whole or not at all. Killed anywhere before, it has changed nothing
but this folder; the next one begins again. Data and models are on the DVC remote before.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dvc.repo import Repo

from retrain.errors import UserError
from retrain.gate.commit_code import model_sha256
from retrain.gate.policy import judging
from retrain.landing import push
from retrain.landing.prepare import Ready, message, prepare, published
from retrain.landing.provenance import Provenance
from retrain.paths import LOCK, REPORT
from retrain.registry import deployment_tags, versions
from retrain.registry.next_version import following
from retrain.registry.versions import Version, Versions
from retrain.repo import commits, record
from retrain.repo.git import REMOTE, call, git, named, show
from retrain.repo.remote import Tip
from retrain.run.problem import artifact

log = logging.getLogger(__name__)

FOLLOWS = "each new version is deployed there"
PROPOSALS = "retrain/"  # the prefix of their branches


@dataclass(frozen=True)
class Landing:
    """What the remote's default branch is now; `version` if one was registered."""

    commit: str
    landed: bool  # whether the branch has moved
    verdict: str | None  # of what was built; None: nothing had to be
    version: str | None
    deployed: list[str]  # the tags that put it on stages


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

    def attempt() -> Landing:
        ready = prepare(repo, first)
        return push_ready(repo, ready, published(repo, ready))

    return push.repeated(attempt, "land")


def push_ready(repo: Repo, ready: Ready, made: str) -> Landing:
    """Push the commit that was made of what is ready, and register it; see `push.push`."""
    version, text, model = None, message(ready), ""
    deployed: list[str] = []
    if ready.outcome == "promote":
        model = model_sha256(repo, made)
        text = record.with_trailers(text, {record.MODEL: model})

    def attempt() -> tuple[str | None, list[str]]:
        version, tags, stages = None, {}, {}
        if model:  # promoted
            known = versions.read(artifact(), ready.tip)
            version = next_tag(ready.tip, known)
            tags = {version: commits.tag(version, made, text)}
            new = versions.of(version, made)
            stages = followers(ready.tip, ready.provenance, new, model, known)
        recorded = record.add(ready.tip.record, made, version, text)
        try:
            push.push(ready.tip, made, recorded, tags | stages)
        except push.RefusedError as error:
            if not stages:
                raise
            log.warning(f"land: {version} is deployed nowhere: {error}")
            stages = {}
            push.push(ready.tip, made, recorded, tags)
        git("reset", "--quiet", made)  # this folder's branch, as the remote's
        keep_tags(tags | stages)
        return version, [*stages]

    # recorded though nothing else moves: from now on this commit's policy judges
    if made != ready.tip.commit or model or made != ready.tip.landed:
        # where only a tag's name was taken, what was built still stands
        version, deployed = push.repeated(attempt, "land", push.TakenError)
    return Landing(made, made != ready.tip.commit, ready.outcome, version, deployed)


def keep_tags(tags: Mapping[str, str]) -> None:
    """Give this clone tags of the remote's, by name and hash, as if they were fetched."""
    for tag, name in tags.items():
        if call("update-ref", f"refs/tags/{tag}", name, "").returncode:
            log.info(
                f"this clone has another tag {tag}; to have the remote's: "
                f"git fetch --force {REMOTE} tag {tag}"
            )


def followers(
    tip: Tip, who: Provenance, new: Version, model: str, known: Versions
) -> dict[str, str]:
    """Return the tags that deploy a new version to each stage that follows, by name and hash.

    A stage where nothing can be deployed stops no landing.
    """
    policy, _ = judging(tip.landed)
    stages = [name for name, stage in policy.stages.items() if stage.follows]
    if not stages:
        return {}
    tags = deployment_tags.read(new.artifact, known.registered)
    said = who.signature(FOLLOWS) | {record.MODEL: model}
    made: dict[str, str] = {}
    for stage in stages:
        try:
            made |= deployment_tags.make(tags, new, stage, "follow", said)
        except UserError as error:
            log.info(f"{new.name} is not deployed to {stage}: {error}")
    return made


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


def next_tag(tip: Tip, known: Versions, commit: str | None = None) -> str:
    """Return the tag of the version after the newest one: of a commit, or of this folder."""
    newest = known.registered[-1] if known.registered else None
    policy, _ = judging(tip.landed)
    old = show(newest.commit, LOCK) if newest else None
    new = (show(commit, LOCK) if commit else None) or Path(LOCK).read_text("utf-8")
    number = following(
        newest.number if newest else None, old or new, new, policy.versions.major, known.taken
    )
    return f"{artifact()}@v{'.'.join(map(str, number))}"
