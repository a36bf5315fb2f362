"""The commits of this folder, rebased onto the newest commit of the remote's default branch.

Git rebases them in a worktree of its own, and this folder is moved to the result in one step. A
landing that is killed before that step leaves nothing to repair. New data that are not committed
stay where they are, in data.dvc, or become a stash where the remote has new data too.
"""

import logging
import os
from pathlib import Path

from retrain.errors import UserError
from retrain.paths import DATA, STORE, VERDICT
from retrain.repo.base import RESULTS, edited
from retrain.repo.git import (
    REMOTE,
    ask,
    call,
    commit_of,
    differing,
    git,
    identity,
    is_ancestor,
    worktree,
)
from retrain.repo.remote import Tip
from retrain.report.changes import pipeline_stages

log = logging.getLogger(__name__)

STASH = f"{DATA}, put aside by a landing"
UNQUOTED = ("-c", "core.quotePath=false")


def check_not_rebasing() -> None:
    """Raise if a rebase that the user began is not finished."""
    folders = git("rev-parse", "--git-path", "rebase-merge", "--git-path", "rebase-apply")
    if any(Path(folder).exists() for folder in folders.splitlines()):
        raise UserError("a rebase is half done here; first: git rebase --continue, or --abort")


def move_onto(tip: Tip) -> None:
    """Put the commits of this folder on top of the remote's, and keep its new data.

    The results of a run are removed: they were built from other code. Raise, and change no file,
    where another branch is checked out, a file is not committed or in the way, or commits conflict.
    """
    branch = ask("symbolic-ref", "--short", "--quiet", "HEAD")
    if branch != tip.branch:
        place = f"on the branch {branch!r}" if branch else "on no branch"
        raise UserError(
            f"you are {place}, and only {tip.branch} lands; let it be reviewed and merged, or "
            f"first: git checkout {tip.branch}"
        )
    _check_committed()
    if is_ancestor(tip.commit, "HEAD"):
        return
    start = commit_of("HEAD")
    commit = _rebased(tip)
    if commit_of("HEAD") != start:  # moving the folder would lose it
        raise UserError("another commit was made in this folder meanwhile; run this command again")
    git("reset", "--quiet", "--", STORE, DATA)  # an object that is staged is like one that is not
    _make_way(commit, tip)
    # the results of a run
    if tracked := [path for path in (*RESULTS, STORE) if ask("ls-files", path)]:
        git("restore", "--source=HEAD", "--staged", "--worktree", "--", *tracked)
    if differing("HEAD", paths=(DATA,)) and differing("HEAD", commit, paths=(DATA,)):
        log.info(  # first: the process may be killed after it
            f"land: the remote has new data of its own, so {DATA} of this folder is put aside; to "
            f"have it back: git checkout stash@{{0}} -- {DATA} && dvc checkout"
        )
        git("stash", "push", "--quiet", f"--message={STASH}", "--", DATA, env=identity())
    call("update-index", "-q", "--refresh")  # a file that was only touched is no change
    git("reset", "--quiet", "--keep", commit)


def _rebased(tip: Tip) -> str:
    """Return the commit in which a rebase of HEAD ends."""
    with worktree("HEAD") as folder:
        # without hooks: DVC's own would check out data
        inside = ("-C", str(folder), "-c", f"core.hooksPath={os.devnull}")
        rebase = (*inside, "rebase", "--quiet", "--rebase-merges", tip.commit)
        if call(*rebase, env=identity()).returncode:
            raise UserError(
                f"your commits conflict with {REMOTE}/{tip.branch}; first: "
                f"git pull --rebase {REMOTE} {tip.branch}"
            )
        return git(*inside, "rev-parse", "HEAD")


def _make_way(commit: str, tip: Tip) -> None:
    """Remove the untracked objects, and a verdict, that a commit has too; of others, raise.

    Every other object stays: it may be the only copy of data that are not committed.
    """
    changes = ("diff", "--name-only", "--no-renames", "--diff-filter=A", "HEAD", commit)
    added = {*git(*UNQUOTED, *changes).splitlines()}
    objects = added & {*git("ls-files", "--others", "--", STORE, VERDICT).splitlines()}
    untracked = added & {*git(*UNQUOTED, "ls-files", "--others", "--exclude-standard").splitlines()}
    if others := untracked - objects:
        raise UserError(
            f"{min(others)} is not committed, and {REMOTE}/{tip.branch} has a file of that name; "
            "move yours away"
        )
    for path in objects:
        Path(path).unlink()


def _check_committed() -> None:
    """Raise unless code and parameters are in the newest commit: a lock must be of what Git has."""
    read = [path for stage in pipeline_stages().values() for path in stage.get("deps", [])]
    places = ["src", *read, *(f":(exclude){path}" for path in RESULTS)]
    untracked = git(*UNQUOTED, "ls-files", "--others", "--exclude-standard", "--", *places)
    changed = (path for path in [*edited(), *untracked.splitlines()] if path != DATA)
    if path := next(changed, ""):
        raise UserError(f"{path} is not committed; what lands must be: git commit, or git stash")
