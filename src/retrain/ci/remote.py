"""The Git remote: what its default branch is, and how to get on top of it."""

from dataclasses import dataclass
from pathlib import Path

from retrain.ci.base import RESULTS, STORE, edited
from retrain.ci.changes import pipeline_stages
from retrain.ci.git import REMOTE, ask, call, differing, git, identity, reason, top_folder
from retrain.ci.repository import DATA
from retrain.errors import UserError
from retrain.files import whole

# Names the newest commit whose results a landing wrote or rebuilt. A ref, because whoever gets a
# change merged can write any file and any message, and cannot write this.
LANDED = "refs/retrain/landed"
# The remote's tags, apart from those that somebody made here and never pushed.
TAGS = "refs/retrain-tags"
REFS = ("+refs/retrain/*:refs/retrain/*", f"+refs/tags/*:{TAGS}/*")
# this folder's data.dvc, or nothing, while its commits are put on top of others
KEPT = Path(".dvc/tmp/retrain-data.dvc")


@dataclass(frozen=True)
class Tip:
    """The remote's default branch: its name, its newest commit, the newest one that has landed."""

    branch: str
    commit: str
    landed: str | None


def fetch() -> Tip:
    """Bring this clone's knowledge of the remote up to date.

    Raises:
        UserError: if there is no remote, it cannot be reached, or has no branch.
    """
    top_folder()
    _go_on()
    listed = call("ls-remote", "--symref", REMOTE, "HEAD")
    if listed.returncode:
        raise UserError(
            f"the remote {REMOTE!r} cannot be read: {reason(listed.stderr)}; look at: git remote -v"
        )
    heads = [line.split()[1] for line in listed.stdout.splitlines() if line.startswith("ref:")]
    if not heads:
        raise UserError(
            f"the remote {REMOTE!r} has no commit on its default branch; push that one first, or "
            "choose another one there"
        )
    branch = heads[0].removeprefix("refs/heads/")
    git(
        "fetch",
        "--quiet",
        "--no-tags",
        "--prune",
        REMOTE,
        f"+refs/heads/{branch}:refs/remotes/{REMOTE}/{branch}",
        *REFS,
    )
    commit = git("rev-parse", f"refs/remotes/{REMOTE}/{branch}")
    return Tip(branch, commit, ask("rev-parse", "--verify", "--quiet", LANDED))


def tags() -> tuple[str, str | None]:
    """Return below which ref the versions are, and a note where they may not be the remote's."""
    if REMOTE not in git("remote").split():
        return "refs/tags", None
    done = call("fetch", "--quiet", "--no-tags", "--prune", REMOTE, *REFS)
    if done.returncode == 0:
        return TAGS, None
    why = f"{REMOTE} cannot be asked for them: {reason(done.stderr)}"
    return "refs/tags", f"the versions are the ones that this clone knows, because {why}"


def unlanded(commit: str | None) -> bool:
    """Tell whether a commit is newer than the newest landing that this clone knows."""
    landed = ask("rev-parse", "--verify", "--quiet", LANDED)
    if commit is None or landed is None:
        return False
    return ask("merge-base", "--is-ancestor", commit, landed) is None


def move_onto(tip: Tip) -> bool:
    """Put this folder's commits on top of the remote's, and its new data with them.

    What was built here goes: it was of other code. Return False where the remote has new data of
    its own, which stay, and this folder's are dropped.

    Raises:
        UserError: if this is another branch, something is not committed, or commits conflict.
    """
    on = ask("symbolic-ref", "--short", "--quiet", "HEAD")
    ahead = git("rev-list", f"{tip.commit}..HEAD")
    if on not in (None, tip.branch) or (ahead and on is None):
        place = f"on the branch {on!r}" if on else "on no branch"
        raise UserError(
            f"you are {place}, and only {tip.branch} lands; let it be reviewed and merged instead"
        )
    _all_committed()
    if ask("merge-base", "--is-ancestor", tip.commit, "HEAD") is not None:
        return True
    data = Path(DATA).read_bytes() if differing("HEAD", paths=(DATA,)) else b""
    theirs = bool(differing(f"HEAD...{tip.commit}", paths=(DATA,))) if data else False
    with whole(KEPT) as scratch:
        scratch.write_bytes(b"" if theirs else data)
    here = [path for path in (*RESULTS, DATA, STORE) if ask("ls-files", path)]
    git("restore", "--source=HEAD", "--staged", "--worktree", "--", *here)
    git("clean", "-fdq", "--", "reports/verdict.json", STORE)
    moved = call("rebase", "--quiet", "--rebase-merges", tip.commit, env=identity())
    if moved.returncode:
        call("rebase", "--abort")
    _put_back(b"" if theirs and not moved.returncode else data)
    if moved.returncode:
        raise UserError(
            f"your commits conflict with {REMOTE}/{tip.branch}; first: "
            f"git pull --rebase {REMOTE} {tip.branch}"
        )
    return not theirs


def _go_on() -> None:
    """Undo the half of `move_onto` that a killed landing did.

    Raises:
        UserError: if it is somebody's own rebase that is half done.
    """
    folders = (git("rev-parse", "--git-path", name) for name in ("rebase-merge", "rebase-apply"))
    if any(Path(folder).exists() for folder in folders):
        if not KEPT.exists():
            raise UserError("a rebase is half done here; first: git rebase --continue, or --abort")
        git("rebase", "--abort")
    if KEPT.exists():
        _put_back(KEPT.read_bytes())


def _put_back(data: bytes) -> None:
    """Make `data`, if any, the folder's data.dvc again, and keep it no longer."""
    if data:
        with whole(Path(DATA)) as scratch:
            scratch.write_bytes(data)
    KEPT.unlink()


def _all_committed() -> None:
    """Raise unless code and parameters are in the newest commit: a lock must be of what Git has."""
    quiet = ("-c", "core.quotePath=false")
    read = [path for stage in pipeline_stages().values() for path in stage.get("deps", [])]
    foreign = git(*quiet, "ls-files", "--others", "--exclude-standard", "--", "src", *read)
    if path := next(iter([*edited(), *foreign.splitlines()]), ""):
        raise UserError(f"{path} is not committed; what lands must be: git commit, or git stash")
