"""This folder's commits and new data, put on top of the remote's."""

from pathlib import Path

from retrain.errors import UserError
from retrain.files import whole
from retrain.paths import DATA, STORE, VERDICT
from retrain.repo.base import RESULTS, edited
from retrain.repo.git import REMOTE, ask, call, differing, git, identity, is_ancestor
from retrain.repo.remote import Tip
from retrain.report.changes import pipeline_stages

# this folder's data.dvc, or nothing, while its commits are put on top of others
KEPT = Path(".dvc/tmp/retrain-data.dvc")
ASIDE = f"{DATA}, put aside by a landing"


def move_onto(tip: Tip) -> bool:
    """Put this folder's commits on top of the remote's, and its new data with them.

    What was built here goes: it was of other code. Return False where the remote has new data of
    its own: then this folder's data.dvc is put aside, as Git's newest stash.

    Raises:
        UserError: if this is another branch, something is not committed, or commits conflict.
    """
    on = ask("symbolic-ref", "--short", "--quiet", "HEAD")
    if on != tip.branch:
        place = f"on the branch {on!r}" if on else "on no branch"
        raise UserError(
            f"you are {place}, and only {tip.branch} lands; let it be reviewed and merged, or "
            f"first: git checkout {tip.branch}"
        )
    _all_committed()
    if is_ancestor(tip.commit, "HEAD"):
        return True
    data = Path(DATA).read_bytes() if differing("HEAD", paths=(DATA,)) else b""
    aside = bool(data and differing(f"HEAD...{tip.commit}", paths=(DATA,)))
    if aside:
        git("stash", "push", "--quiet", f"--message={ASIDE}", "--", DATA, env=identity())
    with whole(KEPT) as scratch:
        scratch.write_bytes(b"" if aside else data)
    here = [path for path in (*RESULTS, DATA, STORE) if ask("ls-files", path)]
    git("restore", "--source=HEAD", "--staged", "--worktree", "--", *here)
    _make_way(tip.commit)
    moved = call("rebase", "--quiet", "--rebase-merges", tip.commit, env=identity())
    if moved.returncode:
        call("rebase", "--abort")
        if aside:
            git("stash", "pop", "--quiet")
    _put_back()
    if moved.returncode:
        raise UserError(
            f"your commits conflict with {REMOTE}/{tip.branch}; first: "
            f"git pull --rebase {REMOTE} {tip.branch}"
        )
    return not aside


def go_on() -> None:
    """Undo the half of `move_onto` that a killed landing did.

    Raises:
        UserError: if a rebase of the user's own is half done.
    """
    folders = git("rev-parse", "--git-path", "rebase-merge", "--git-path", "rebase-apply")
    if any(Path(folder).exists() for folder in folders.splitlines()):
        if not KEPT.exists():
            raise UserError("a rebase is half done here; first: git rebase --continue, or --abort")
        git("rebase", "--abort")
    if KEPT.exists():
        _put_back()


def _put_back() -> None:
    """Make what was kept this folder's data.dvc again, unless that has changed since."""
    data = KEPT.read_bytes()
    if data and not differing("HEAD", paths=(DATA,)):
        with whole(Path(DATA)) as scratch:
            scratch.write_bytes(data)
    KEPT.unlink()


def _make_way(commit: str) -> None:
    """Remove what is in no commit and in the way of this one: the same objects, and a verdict.

    Every other object stays: it may be the only copy of data that are not committed.
    """
    here = git("ls-files", "--others", "--", STORE, VERDICT).splitlines()
    theirs = git("ls-tree", "-r", "--name-only", commit, "--", STORE, VERDICT).splitlines()
    for path in {*here} & {*theirs}:
        Path(path).unlink()


def _all_committed() -> None:
    """Raise unless code and parameters are in the newest commit: a lock must be of what Git has."""
    quiet = ("-c", "core.quotePath=false")
    read = [path for stage in pipeline_stages().values() for path in stage.get("deps", [])]
    foreign = git(*quiet, "ls-files", "--others", "--exclude-standard", "--", "src", *read)
    changed = (path for path in [*edited(), *foreign.splitlines()] if path != DATA)
    if path := next(changed, ""):
        raise UserError(f"{path} is not committed; what lands must be: git commit, or git stash")
