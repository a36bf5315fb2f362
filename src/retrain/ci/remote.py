"""The Git remote: what its default branch is, and how to get on top of it."""

from dataclasses import dataclass
from pathlib import Path

from retrain.ci.base import RESULTS, STORE
from retrain.ci.changes import pipeline_stages
from retrain.ci.git import REMOTE, ask, call, differing, git, identity, reason, top_folder
from retrain.ci.repository import DATA
from retrain.errors import UserError

# Names the newest commit whose results a landing wrote or rebuilt. A ref, because whoever gets a
# change merged can write any file and any message, and cannot write this.
LANDED = "refs/retrain/landed"
# The remote's tags, apart from those that somebody made here and never pushed.
TAGS = "refs/retrain-tags"


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
    listed = call("ls-remote", "--symref", REMOTE, "HEAD")
    if listed.returncode:
        raise UserError(
            f"the remote {REMOTE!r} cannot be read: {reason(listed.stderr)}; look at: git remote -v"
        )
    heads = [line.split()[1] for line in listed.stdout.splitlines() if line.startswith("ref:")]
    if not heads:
        raise UserError(f"the remote {REMOTE!r} has no commit yet; first: git push {REMOTE} main")
    branch = heads[0].removeprefix("refs/heads/")
    git(
        "fetch",
        "--quiet",
        "--force",
        "--tags",
        "--prune",
        REMOTE,
        f"+refs/heads/{branch}:refs/remotes/{REMOTE}/{branch}",
        "+refs/retrain/*:refs/retrain/*",
        f"+refs/tags/*:{TAGS}/*",
    )
    commit = git("rev-parse", f"refs/remotes/{REMOTE}/{branch}")
    return Tip(branch, commit, ask("rev-parse", "--verify", "--quiet", LANDED))


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
            f"you are {place}, and only {tip.branch} lands; open a pull request instead"
        )
    _all_committed()
    if ask("merge-base", "--is-ancestor", tip.commit, "HEAD") is not None:
        return True
    data = Path(DATA).read_bytes() if differing("HEAD", paths=(DATA,)) else None
    theirs = bool(differing(f"HEAD...{tip.commit}", paths=(DATA,))) if data else False
    here = [path for path in (*RESULTS, DATA, STORE) if ask("ls-files", path)]
    git("restore", "--source=HEAD", "--staged", "--worktree", "--", *here)
    git("clean", "-fdq", "--", "reports/verdict.json", STORE)
    moved = call("rebase", "--quiet", "--rebase-merges", tip.commit, env=identity())
    if moved.returncode:
        call("rebase", "--abort")
    if data and (moved.returncode or not theirs):
        Path(DATA).write_bytes(data)
    if moved.returncode:
        raise UserError(
            f"your commits conflict with {REMOTE}/{tip.branch}; first: "
            f"git pull --rebase {REMOTE} {tip.branch}"
        )
    return not theirs


def _all_committed() -> None:
    """Raise unless code and parameters are in the newest commit: a lock must be of what Git has."""
    allowed = tuple(f":(exclude){path}" for path in (*RESULTS, DATA, STORE))
    quiet = ("-c", "core.quotePath=false")
    changed = git(*quiet, "diff", "--name-only", "HEAD", "--", ".", *allowed)
    read = [path for stage in pipeline_stages().values() for path in stage.get("deps", [])]
    foreign = git(*quiet, "ls-files", "--others", "--exclude-standard", "--", "src", *read)
    if path := next(iter([*changed.splitlines(), *foreign.splitlines()]), ""):
        raise UserError(f"{path} is not committed; what lands must be: git commit, or git stash")
