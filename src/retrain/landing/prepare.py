"""What could land: this folder on top of the remote's newest commit, built, judged, committed."""

from dataclasses import dataclass, replace
from pathlib import Path

from dvc.repo import Repo

from retrain.errors import UserError
from retrain.files import write_json
from retrain.gate.schema import Outcome, Verdict, read_verdict
from retrain.landing import rebase
from retrain.landing.believed import check, distrust, newest_landing
from retrain.landing.provenance import BY_HAND, Provenance
from retrain.metrics.table import places
from retrain.paths import DATA, LOCK, STORE, VERDICT
from retrain.repo import commits, line, record, remote, snapshot
from retrain.repo.dvc import in_git
from retrain.repo.git import commit_of, git
from retrain.repo.remote import Tip


class BlockedError(UserError):
    """The verdict is `block`: nothing lands."""


@dataclass(frozen=True)
class Ready:
    """Results that may land on `tip`."""

    tip: Tip
    verdict: Verdict | None  # on what was built; None: nothing had to be
    provenance: Provenance

    @property
    def outcome(self) -> Outcome | None:
        return self.verdict.verdict if self.verdict else None


def prepare(repo: Repo, first: bool = False) -> Ready:
    """Build what the remote's newest commit, with the new data of this folder, requires.

    `first`: believe no record of landings, and begin a new one.
    """
    rebase.check_not_rebasing()
    snapshot.keep_unsaved(repo)
    tip = believed(first)
    rebase.move_onto(tip)
    return built(repo, tip)


def believed(first: bool) -> Tip:
    """Return the remote as it is now, whose record is its branch's; `first`: see `prepare`."""
    tip = remote.fetch()
    if tip.common:
        with line.of(None):
            check(tip.common)
    if first:
        return replace(tip, record=replace(tip.record, landed=None, versions={}))
    check(tip)
    return tip


def built(repo: Repo, tip: Tip) -> Ready:
    """Build, judge and report what is checked out, on top of what has landed."""
    # not at the top: a job that only lands has no packages that compute
    from retrain.report.judgement import settle

    terms = settle(repo, newest_landing(tip), distrust(tip), tip=tip)
    return ready(tip, terms.run(), BY_HAND)


def ready(tip: Tip, verdict: Verdict | None, provenance: Provenance) -> Ready:
    """Return what may land; raise if the verdict on it is `block`."""
    if verdict and verdict.verdict == "block":
        raise BlockedError(f"blocked, nothing lands: {'; '.join(verdict.reasons)}")
    return Ready(tip, verdict, provenance)


def published(repo: Repo, ready: Ready) -> str:
    """Put everything that the lock names on the DVC remote, and return the commit to push.

    Where nothing was built that is HEAD: any results in this folder are not a landing's.
    """
    if ready.verdict is None:
        return commit_of("HEAD")
    remote_name = default_remote(repo)
    repo.push(remote=remote_name)
    if missing := repo.status(cloud=True, remote=remote_name):
        raise UserError(f"the DVC remote lacks {', '.join(sorted(missing))}; run `dvc push`")
    return committed(repo, ready)


def default_remote(repo: Repo) -> str:
    """Return the name of the DVC remote that all clones share: not one that config.local names."""
    if name := repo.config.load_one("repo")["core"].get("remote"):
        return str(name)
    raise UserError(".dvc/config names no default remote; first: dvc remote default NAME")


def committed(repo: Repo, ready: Ready) -> str:
    """Return a commit of what was built on top of HEAD; HEAD itself if nothing changed.

    No branch names it yet, and no other file of reports/ goes in.
    """
    if ready.verdict:  # the one that was judged, whatever the file holds by now
        write_json(Path(VERDICT), ready.verdict.model_dump(mode="json"))
    paths = [path for path in (LOCK, DATA, STORE, *in_git(repo)) if Path(path).exists()]
    ignored = git("ls-files", "--others", "--ignored", "--exclude-standard", "--", *paths)
    if lost := [path for path in ignored.splitlines() if not path.endswith(".tmp")]:
        raise UserError(f"{lost[0]} would not be committed: .gitignore names it; change that")
    with commits.Index("HEAD") as index:
        index.git("add", "--all", "--", *paths)
        if Path(VERDICT).exists():  # .gitignore names it: a judgement alone never blocks a checkout
            index.git("add", "--force", "--", VERDICT)
        return index.commit(message(ready), "HEAD")


def message(ready: Ready, proposed: bool = False) -> str:
    """Return the landing's message, whose first line is its title.

    It holds words of our own, numbers, and cleaned words of others: in a commit, `@name`,
    `closes #1` or `[skip ci]` of a parameter or a reason would be obeyed.
    """
    text = "Propose a run" if proposed else "Land a run"
    if verdict := ready.verdict or read_verdict("HEAD"):
        text += f": {verdict.verdict}"
        found = verdict.champion and verdict.champion.metrics.get(verdict.primary)
        if found and found.other is not None and found.this is not None:
            name, digits = record.cleaned(verdict.primary), places(found.other, found.this)
            text += f"\n\n{name}: {found.other:.{digits}f} to {found.this:.{digits}f}"
    what = record.PROPOSAL if proposed else record.LANDING
    return record.with_trailers(text, ready.provenance.trailers(what, commit_of("HEAD")))
