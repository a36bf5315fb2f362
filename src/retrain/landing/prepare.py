"""What could land: this folder on top of the remote's newest commit, built, judged, committed."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from dvc.repo import Repo

from retrain.errors import UserError
from retrain.files import write_json
from retrain.gate.schema import Outcome, Verdict, read_verdict
from retrain.landing import rebase
from retrain.landing.commit import commit
from retrain.landing.request import Asked
from retrain.landing.trust import check, distrust, newest_landing
from retrain.paths import VERDICT
from retrain.repo import record, remote, snapshot
from retrain.repo.base import Base
from retrain.repo.dvc import in_git
from retrain.repo.git import git
from retrain.repo.remote import Tip
from retrain.report.collect import artifact

log = logging.getLogger(__name__)


class BlockedError(UserError):
    """The verdict is `block`: nothing lands."""


@dataclass(frozen=True)
class Ready:
    """Results that may land on `tip`."""

    tip: Tip
    base: Base
    verdict: Verdict | None  # None: it was judged before there was a gate
    built: bool  # whether anything had to be
    asked: Asked

    @property
    def judged(self) -> Outcome | None:
        """Return the verdict on what was built."""
        return self.verdict.verdict if self.built and self.verdict else None


def prepare(repo: Repo, asked: Asked, first: bool = False) -> Ready:
    """Build what the remote's newest commit, with the new data of this folder, asks for.

    Args:
        repo: see `dvc.opened`.
        asked: who or what asked for it.
        first: believe no record of landings, and begin a new one.

    Raises:
        UserError: if the run fails, or this folder cannot be put on top of the remote's; see also
            `trust.check`.
        BlockedError: if the gate says so.
    """
    # what only lands has no packages that compute
    from retrain.report.judged import judged, settle

    rebase.check_not_rebasing()
    snapshot.keep_unsaved(repo)
    tip = remote.fetch()
    if first:
        tip = replace(tip, record=replace(tip.record, landed=None, versions={}))
    else:
        check(tip, artifact(repo))
    rebase.move_onto(tip)
    base = newest_landing(tip)
    if why := distrust(tip):
        log.info(f"land: {why}")
    verdict = judged(settle(repo, base, why, asked.cause, tip=tip))
    return ready(tip, base, verdict, asked)


def ready(tip: Tip, base: Base, verdict: Verdict | None, asked: Asked) -> Ready:
    """Return what may land, with a verdict on what was built, if anything was.

    Raises:
        BlockedError: if the gate says so.
    """
    built = verdict is not None
    verdict = verdict or read_verdict("HEAD")
    if verdict and verdict.verdict == "block":
        raise BlockedError(f"blocked, nothing lands: {'; '.join(verdict.reasons)}")
    return Ready(tip, base, verdict, built, asked)


def published(repo: Repo, ready: Ready) -> str:
    """Put everything that the lock names on the DVC remote, and return the commit to push.

    Where nothing was built that is HEAD: results in this folder were then built by no landing.
    """
    if not ready.built:
        return git("rev-parse", "HEAD")
    remote_name = everybodys(repo)
    repo.push(remote=remote_name)
    if missing := repo.status(cloud=True, remote=remote_name):
        raise UserError(f"the DVC remote lacks {', '.join(sorted(missing))}; run `dvc push`")
    return committed(repo, ready)


def everybodys(repo: Repo) -> str:
    """Return the name of the DVC remote of everybody who has a clone.

    Raises:
        UserError: if there is none: config.local may name one of this machine alone.
    """
    if name := repo.config.load_one("repo")["core"].get("remote"):
        return str(name)
    raise UserError(".dvc/config names no default remote; first: dvc remote default NAME")


def committed(repo: Repo, ready: Ready) -> str:
    """Return a commit of what was built; nothing has moved yet."""
    if ready.verdict:  # what was judged, whatever stands there by now
        write_json(Path(VERDICT), ready.verdict.model_dump(mode="json"))
    return commit(message(ready), in_git(repo))


def message(ready: Ready, proposed: bool = False) -> str:
    """Return the landing's message, whose first line is its title.

    It holds words of our own, numbers, and cleaned words of others: in a commit, `@name`,
    `closes #1` or `[skip ci]` of a parameter or a reason would be obeyed.
    """
    said = "Propose a run" if proposed else "Land a run"
    if ready.verdict:
        said += f": {ready.verdict.verdict}"
        found = ready.verdict.champion and ready.verdict.champion.metrics.get(ready.verdict.primary)
        if found and found.other is not None and found.this is not None:
            name = record.cleaned(ready.verdict.primary)
            said += f"\n\n{name}: {found.other:.4f} to {found.this:.4f}"
    what = record.PROPOSAL if proposed else record.LANDING
    return record.with_trailers(said, ready.asked.trailers(what, git("rev-parse", "HEAD")))
