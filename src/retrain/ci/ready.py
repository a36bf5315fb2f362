"""What could land: this folder on top of the remote's newest commit, built, judged, reported."""

from dataclasses import dataclass

from dvc.repo import Repo

from retrain.ci import remote, reports
from retrain.ci.base import Base
from retrain.ci.judged import judged
from retrain.ci.listener import Told
from retrain.ci.remote import Tip
from retrain.ci.repository import DATA
from retrain.ci.trust import DISTRUST, believed, newest_landing
from retrain.ci.verdict import Outcome, Verdict
from retrain.errors import UserError


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
