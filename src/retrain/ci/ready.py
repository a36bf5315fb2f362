"""What could land: this folder on top of the remote's newest commit, built, judged, committed."""

from dataclasses import dataclass
from pathlib import Path

from dvc.repo import Repo

from retrain.ci import data, onto, remote, reports
from retrain.ci.base import Base
from retrain.ci.commit import commit
from retrain.ci.git import git
from retrain.ci.judged import judged
from retrain.ci.listener import Told
from retrain.ci.remote import Tip
from retrain.ci.reports import VERDICT
from retrain.ci.repository import DATA
from retrain.ci.trust import DISTRUST, believed, newest_landing
from retrain.ci.verdict import Outcome, Verdict
from retrain.errors import UserError
from retrain.files import write_json


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
    onto.go_on()
    data.keep_unsaved(repo)
    tip = remote.fetch()
    if not onto.move_onto(tip):
        tell(
            f"land: the remote has new data of its own, so {DATA} of this folder is put aside; to "
            f"have it back: git checkout stash@{{0}} -- {DATA} && dvc checkout"
        )
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


def published(repo: Repo, ready: Ready) -> str:
    """Put everything that the lock names on the DVC remote, and return the commit to push.

    Where nothing was built that is HEAD: results that happen to be in this folder are nobody's.
    """
    if not ready.built:
        return git("rev-parse", "HEAD")
    everybodys = repo.config.load_one("repo")["core"].get("remote")
    if not everybodys:  # config.local may name one of this machine alone
        raise UserError(".dvc/config names no default remote; first: dvc remote default NAME")
    repo.push(remote=everybodys)
    if missing := repo.status(cloud=True, remote=everybodys):
        raise UserError(f"the DVC remote lacks {', '.join(sorted(missing))}; run `dvc push`")
    if ready.verdict:  # what was judged, whatever stands there by now
        write_json(Path(VERDICT), ready.verdict.model_dump(mode="json"))
    outs = (out for stage in repo.index.stages for out in stage.outs)
    return commit(message(ready), [str(out) for out in outs if not out.use_cache])


def message(ready: Ready) -> str:
    """Return the landing's message, whose first line is its title.

    It holds words of our own and numbers: in a commit, `@somebody`, `closes #1` or `[skip ci]` of
    a parameter or a test's name would be obeyed.
    """
    if ready.verdict is None:
        return "Land a run"
    title = f"Land a run: {ready.verdict.verdict}"
    found = ready.verdict.champion and ready.verdict.champion.metrics.get(ready.verdict.primary)
    if not found or found.other is None or found.this is None:
        return title
    return f"{title}\n\n{ready.verdict.primary}: {found.other:.4f} to {found.this:.4f}"
