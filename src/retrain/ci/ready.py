"""What could land: this folder on top of the remote's newest commit, built, judged, reported."""

from dataclasses import dataclass

from dvc.repo import Repo

from retrain.ci import remote, reports
from retrain.ci.base import REMEDY, RESULTS, STORE, Base, shallow
from retrain.ci.git import ask, differing, git, short
from retrain.ci.judged import judged
from retrain.ci.listener import Told
from retrain.ci.plan import plan
from retrain.ci.policy import POLICY
from retrain.ci.remote import Tip
from retrain.ci.repository import DATA
from retrain.ci.verdict import Outcome, Verdict
from retrain.errors import UserError

FIRST = Base(None, "nothing has landed yet: there is no model to compare with")
DISTRUST = "the committed results are not a landing's, so everything was built again"


class BlockedError(UserError):
    """The verdict is `block`: nothing lands."""


@dataclass(frozen=True)
class Ready:
    """Results that may land on `tip`."""

    tip: Tip
    base: Base
    verdict: Verdict | None  # None: it was judged before there was a gate
    built: bool  # whether anything had to be

    @property
    def judged(self) -> Outcome | None:
        """Return the verdict on what was built."""
        return self.verdict.verdict if self.built and self.verdict else None


def prepare(repo: Repo, tell: Told, cause: str | None = None) -> Ready:
    """Build what the remote's newest commit, with the new data of this folder, asks for.

    `cause` is who or what asked for it, for the report.

    Raises:
        UserError: if the run fails, or this folder cannot be put on top of the remote's.
        BlockedError: if the gate says so.
    """
    tip = remote.fetch()
    if not remote.move_onto(tip):
        tell(f"land: {DATA} of this folder is dropped: the remote has new data of its own")
    base = newest_landing(tip)
    honest = believed(tip)
    if not honest:
        tell(f"land: {DISTRUST}")
    verdict = judged(repo, base, tell, None if honest else DISTRUST, cause)
    built = verdict is not None
    verdict = verdict or reports.verdict("HEAD")
    if verdict and verdict.verdict == "block":
        raise BlockedError(f"blocked, nothing lands: {'; '.join(verdict.reasons)}")
    return Ready(tip, base, verdict, built)


def asked_for(repo: Repo, tip: Tip, first_push: bool = False) -> tuple[bool, str]:
    """Tell whether a landing of HEAD has anything to do, and why; builds and fetches nothing.

    Args:
        repo: see `repository.opened`.
        tip: the remote, as it was just asked.
        first_push: HEAD is the first commit of the remote: a copy of a template, whose results
            came with it. The first landing after it believes nothing and builds everything.
    """
    if first_push and not tip.landed:
        head = git("rev-parse", "HEAD")
        found = plan(repo, Base(head, f"{short(head)}, the first push of this repository"))
        return found.needed, found.why
    if not believed(tip):
        return True, DISTRUST if tip.landed else FIRST.why
    found = plan(repo, newest_landing(tip))
    if not found.needed and differing(f"{tip.landed}", "HEAD", paths=(POLICY,)):
        return True, f"{POLICY} changed, and judges from the next landing on"
    return found.needed, found.why


def newest_landing(tip: Tip) -> Base:
    """Return what a landing is compared with; where history was rewritten too its policy judges."""
    return Base(tip.landed, f"{short(tip.landed)}, the newest landing") if tip.landed else FIRST


def believed(tip: Tip) -> bool:
    """Tell whether a landing wrote the results of HEAD: nobody has touched them since.

    Raises:
        UserError: if this clone is too shallow to tell.
    """
    if not tip.landed:
        return False
    if ask("merge-base", "--is-ancestor", tip.landed, "HEAD") is None:
        if shallow():
            raise UserError(f"the newest landing {REMEDY}")
        return False
    return not differing(tip.landed, "HEAD", paths=(*RESULTS, STORE, ".dvc/config"))
