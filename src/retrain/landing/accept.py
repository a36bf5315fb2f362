"""A candidate taken for what it is: data, held to the commit that it was built on.

Nothing of the model's runs here, nor anything of the candidate. What is in the lock must be what
the commit asks for, what is in the folder what the lock names, and everything on the remote.
"""

from pathlib import Path

from dvc.repo import Repo

from retrain.errors import UserError
from retrain.files import place
from retrain.gate.behaviour import NONE
from retrain.gate.policy import Policy, judging
from retrain.gate.schema import Verdict, read_verdict
from retrain.landing import candidate, checks
from retrain.landing.candidate import Candidate
from retrain.landing.prepare import BlockedError, Ready, committed
from retrain.landing.request import Asked
from retrain.landing.trust import believed, newest_landing
from retrain.paths import DATA, FACTS, LOCK, POLICY, STORE
from retrain.repo.base import RESULTS, Base, adopt
from retrain.repo.git import commit_of, differing, is_ancestor
from retrain.repo.locks import REMEDY
from retrain.repo.remote import Tip
from retrain.report import publish
from retrain.report.schema import Facts
from retrain.run.plan import plan, stale


class OutdatedError(UserError):
    """The default branch has moved on since the candidate was built."""


def accept(
    repo: Repo, folder: Path, tip: Tip, run: str, asked: Asked, new_data: bool
) -> tuple[Ready, str]:
    """Put a candidate into this folder; return it, and the commit to push.

    Args:
        repo: see `dvc.opened`.
        folder: of the candidate.
        tip: the remote, whose newest commit is checked out.
        run: the name of this run of the forge.
        asked: who or what asked for it.
        new_data: whether it may have other data than the commit.

    Raises:
        OutdatedError: if the remote has moved on.
        UserError: if it is not what `candidate.pack` has written for this run and this commit.
    """
    found = candidate.read(folder)
    if found.run != run:
        raise UserError(f"{folder} is of the run {found.run}, and this is {run}; {REMEDY}")
    base = newest_landing(tip)
    facts = publish.read(folder / FACTS)
    policy, _ = judging(base.commit)
    moved = found.tip != tip.commit
    if found.record != tip.record.tip or (moved and not _still(found, tip, policy)):
        raise OutdatedError(f"{tip.branch} has moved on since this was built")
    publish.write(facts)
    if not found.built:
        return _unbuilt(repo, tip, base, asked), commit_of("HEAD")
    _check_verdict(found.verdict, facts, policy)
    files = checks.files(repo, folder / "files")
    lock = (folder / "files" / LOCK).read_text("utf-8")
    checks.check_lock(repo, lock, found)
    checks.check_data(folder / "files" / DATA, new_data)
    adopt("HEAD")
    for path in files:
        place(folder / "files" / path, Path(path))
    checks.check_in_git(repo, lock)
    checks.push(repo, folder / "objects", lock)
    ready = Ready(tip, base, found.verdict, built=True, asked=asked)
    made = committed(repo, ready)
    reasons = stale(repo, made, lock)
    if reasons and moved:
        raise OutdatedError(f"{tip.branch} asks for something else since this was built")
    if reasons:
        causes = "; ".join(f"{name}: {', '.join(why)}" for name, why in reasons.items())
        raise UserError(f"{LOCK} is not of this commit ({causes}); {REMEDY}")
    return ready, made


def _still(found: Candidate, tip: Tip, policy: Policy) -> bool:
    """Tell whether what was built may be what the newer commit asks for; `stale` tells the rest."""
    if not is_ancestor(found.tip, tip.commit):
        return False
    tests = policy.gate.behaviour
    paths = (DATA, *RESULTS, STORE, ".dvc/config", "dvc.yaml", *([tests] if tests != NONE else []))
    return not differing(found.tip, tip.commit, paths=paths)


def _check_verdict(verdict: Verdict | None, facts: Facts, policy: Policy) -> None:
    """Raise unless a verdict is one by this policy, and the report's, and lets something land."""
    gate = policy.gate
    if (
        verdict is None
        or verdict != facts.verdict
        or verdict.primary != gate.primary
        or verdict.confidence != gate.confidence
        or set(verdict.higher_is_better) != set(gate.metrics)
    ):
        raise UserError(f"the verdict is not one by {POLICY}, or not the report's; {REMEDY}")
    if verdict.verdict == "block":
        raise BlockedError(f"blocked, nothing lands: {'; '.join(verdict.reasons)}")


def _unbuilt(repo: Repo, tip: Tip, base: Base, asked: Asked) -> Ready:
    """Return that nothing had to be built, if that is so."""
    if not believed(tip) or plan(repo, base).needed:
        raise UserError(f"a run is needed, and nothing was built; {REMEDY}")
    return Ready(tip, base, read_verdict("HEAD"), built=False, asked=asked)
