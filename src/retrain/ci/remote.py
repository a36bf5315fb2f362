"""The Git remote: its default branch, its tags, and its record of landings."""

from dataclasses import dataclass

from retrain.ci import record
from retrain.ci.git import REMOTE, ask, call, git, reason, top_folder
from retrain.ci.record import Record
from retrain.errors import UserError

# The remote's tags, apart from those that were made in this clone and never pushed.
TAGS = "refs/retrain-tags"
# a pattern, because a branch that is named and is not there is an error
REFS = (f"+refs/heads/{record.BRANCH}*:{record.KNOWN}*", f"+refs/tags/*:{TAGS}/*")


@dataclass(frozen=True)
class Tip:
    """The remote's default branch: its name, its newest commit; and the record of landings."""

    branch: str
    commit: str
    record: Record

    @property
    def landed(self) -> str | None:
        """Return the newest commit whose results a landing wrote or rebuilt."""
        return self.record.landed


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
    return Tip(branch, commit, record.read())


def known(ask_it: bool = True) -> tuple[Tip, str | None]:
    """Return the remote, and a note where it could not be asked; then what this clone knows of it.

    Without `ask_it` it is not asked, and there is no note.
    """
    note = None
    if ask_it and REMOTE in git("remote").split():
        try:
            return fetch(), None
        except UserError as error:
            note = f"the versions are the ones that this clone knows, because {error}"
    head = ask("rev-parse", "--verify", "--quiet", f"refs/remotes/{REMOTE}/HEAD")
    name = ask("rev-parse", "--abbrev-ref", f"{REMOTE}/HEAD") if head else None
    branch = (name or "").removeprefix(f"{REMOTE}/")
    return Tip(branch, head or git("rev-parse", "HEAD"), record.read()), note


def unlanded(commit: str | None, landed: str | None) -> bool:
    """Tell whether a commit is newer than the newest landing."""
    if commit is None or landed is None:
        return False
    return ask("merge-base", "--is-ancestor", commit, landed) is None
