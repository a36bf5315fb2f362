"""What could land: this folder on top of the remote's newest commit, built, judged, reported."""

from collections.abc import Callable
from dataclasses import dataclass

from dvc.repo import Repo

from retrain.ci import remote
from retrain.ci.base import RESULTS, Base
from retrain.ci.collect import artifact, collect
from retrain.ci.gate import VERDICT, gate
from retrain.ci.git import ask, differing, short, show
from retrain.ci.plan import plan, stale
from retrain.ci.policy import Policy, judging
from retrain.ci.publish import write
from retrain.ci.remote import STORE, Tip
from retrain.ci.repository import DATA, LOCK, pull_data
from retrain.ci.run import run
from retrain.ci.verdict import Verdict
from retrain.errors import UserError
from retrain.registry import versions

FIRST = Base(None, "nothing has landed yet: there is no model to compare with")
DISTRUST = "the committed results are not a landing's, so everything was built again"

Told = Callable[[str], None]


class BlockedError(UserError):
    """The verdict is `block`: nothing lands."""


@dataclass(frozen=True)
class Ready:
    """Results that may land on `tip`."""

    tip: Tip
    policy: Policy
    verdict: Verdict | None  # None: it was judged before there was a gate
    built: bool  # whether anything had to be


def prepare(repo: Repo, tell: Told) -> Ready:
    """Build what the remote's newest commit, with the new data of this folder, asks for.

    Raises:
        UserError: if the run fails, or this folder cannot be put on top of the remote's.
        BlockedError: if the gate says so.
    """
    tip = remote.fetch()
    if not remote.move_onto(tip):
        tell(f"land: {DATA} of this folder is dropped: the remote has new data of its own")
        pull_data(repo)
        repo.checkout(targets=[DATA], force=True)
    base = FIRST
    if tip.landed and _based(tip):
        base = Base(tip.landed, f"{short(tip.landed)}, the newest landing")
    policy, notes = judging(base.commit)
    planned = plan(repo, base)
    honest, lock = believed(tip), show("HEAD", LOCK)
    fresh = honest and lock is not None and not stale(repo, "HEAD", lock)
    if not honest:
        notes.append(DISTRUST)
        tell(f"land: {DISTRUST}")

    def report() -> None:
        write(collect(repo, base, planned, policy, notes))

    if fresh:
        text = show("HEAD", VERDICT)
        verdict = Verdict.model_validate_json(text) if text else None
    else:
        verdict = _build(repo, base, policy, honest, tell, report)
    report()
    if verdict and verdict.verdict == "block":
        raise BlockedError(f"blocked, nothing lands: {'; '.join(verdict.reasons)}")
    return Ready(tip, policy, verdict, not fresh)


def believed(tip: Tip) -> bool:
    """Tell whether a landing wrote the results of HEAD: nobody has touched them since."""
    return _based(tip) and not differing(str(tip.landed), "HEAD", paths=(*RESULTS, STORE))


def _based(tip: Tip) -> bool:
    return bool(tip.landed and ask("merge-base", "--is-ancestor", tip.landed, "HEAD") is not None)


def _build(
    repo: Repo, base: Base, policy: Policy, honest: bool, tell: Told, report: Callable[[], None]
) -> Verdict:
    try:
        run(repo, tell, base=base.commit if honest else None, rebuild=not honest)
    except UserError:
        report()  # of what failed
        raise
    known = versions.registered(artifact(repo))
    return gate(repo, base.commit, known[-1] if known else None, policy, tell)
