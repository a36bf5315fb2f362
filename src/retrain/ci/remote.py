"""The Git remote: what its default branch and its versions are."""

from dataclasses import dataclass

from retrain.ci.git import REMOTE, ask, call, git, reason, top_folder
from retrain.errors import UserError

# Names the newest commit whose results a landing wrote or rebuilt. A ref, because whoever gets a
# change merged can write any file and any message, and cannot write this.
LANDED = "refs/retrain/landed"
# The remote's tags, apart from those that somebody made here and never pushed.
TAGS = "refs/retrain-tags"
REFS = ("+refs/retrain/*:refs/retrain/*", f"+refs/tags/*:{TAGS}/*")


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
