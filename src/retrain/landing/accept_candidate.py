"""A candidate, taken as data and checked against the commit that it was built on.

No code of the model runs, and none of the candidate. The lock must be what the commit requires, the
files must be what the lock names, and the remote must have everything.
"""

from pathlib import Path

from dvc.repo import Repo

from retrain.errors import UserError
from retrain.files import place
from retrain.gate.behaviour import NONE
from retrain.gate.policy import Policy, judging
from retrain.gate.schema import Verdict
from retrain.landing import candidate, candidate_checks
from retrain.landing.believed import distrust, newest_landing
from retrain.landing.prepare import Ready, committed, ready
from retrain.landing.provenance import Provenance
from retrain.paths import DATA, FACTS, LOCK, PIPELINE, POLICY, STORE
from retrain.repo.base import RESULTS, adopt
from retrain.repo.git import commit_of, differing, is_ancestor
from retrain.repo.lockfile import REMEDY
from retrain.repo.remote import Tip
from retrain.report import publish
from retrain.run.plan import in_words, plan, stale


class OutdatedError(UserError):
    """The default branch has moved on since the candidate was built."""


def accept(
    repo: Repo, folder: Path, tip: Tip, run: str, provenance: Provenance, new_data: bool
) -> tuple[Ready, str]:
    """Put a candidate into this folder; return it, and the commit to push.

    Raise unless it is what `candidate.pack` has written for this run of the forge and for the
    commit of `tip`, which is checked out. `new_data`: it may have other data than that commit.
    """
    found = candidate.read(folder)
    if found.run != run:
        raise UserError(f"{folder} is of the run {found.run}, and this is {run}; {REMEDY}")
    facts = publish.read(folder / FACTS)
    policy, _ = judging(tip.landed)
    if found.record != tip.record.tip or not _may_still_land(found, tip, policy):
        raise OutdatedError(f"{tip.branch} has moved on since this was built")
    publish.write(facts)
    if found.verdict is None:
        if distrust(tip) or plan(repo, newest_landing(tip)).needed:
            raise UserError(f"a run is needed, and nothing was built; {REMEDY}")
        return ready(tip, None, provenance), commit_of("HEAD")
    _check_verdict(found.verdict, facts.verdict, policy)
    accepted = ready(tip, found.verdict, provenance)
    files = folder / "files"
    paths = candidate_checks.files(repo, files)
    lock = (files / LOCK).read_text("utf-8")
    candidate_checks.check_lock(repo, lock, found.verdict)
    candidate_checks.check_data(files / DATA, new_data)
    adopt("HEAD")
    for path in paths:
        place(files / path, Path(path))
    candidate_checks.check_in_git(repo, lock)
    candidate_checks.push(repo, folder / "objects", lock)
    made = committed(repo, accepted)
    reasons = stale(repo, made, lock)
    if reasons and found.tip != tip.commit:
        raise OutdatedError(f"{tip.branch} requires something else since this was built")
    if reasons:
        raise UserError(f"{LOCK} is not of this commit ({in_words(reasons)}); {REMEDY}")
    return accepted, made


def _may_still_land(found: candidate.Candidate, tip: Tip, policy: Policy) -> bool:
    """Return whether what was built may be what the newer commit requires; `stale` decides."""
    if not is_ancestor(found.tip, tip.commit):
        return False
    tests = policy.gate.behaviour
    paths = (DATA, *RESULTS, STORE, ".dvc/config", PIPELINE, *([tests] if tests != NONE else []))
    return not differing(found.tip, tip.commit, paths=paths)


def _check_verdict(verdict: Verdict, reported: Verdict | None, policy: Policy) -> None:
    """Raise unless a verdict is one by this policy, and the report's."""
    gate = policy.gate
    if (
        verdict != reported
        or verdict.primary != gate.primary
        or verdict.confidence != gate.confidence
        or set(verdict.higher_is_better) != set(gate.metrics)
    ):
        raise UserError(f"the verdict is not one by {POLICY}, or not the report's; {REMEDY}")
