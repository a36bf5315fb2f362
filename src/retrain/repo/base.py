"""What a run is compared with: the commit that its change started from."""

from dataclasses import dataclass
from pathlib import Path

from retrain.errors import UserError
from retrain.paths import DATA, STORE
from retrain.repo.git import NOTHING, REMOTE, ask, git, holds, short

# what only a landing writes: committed by anybody else, the base's are used in their place
RESULTS = ("dvc.lock", "reports")
REMEDY = (
    "is not in this clone; it is a shallow one: git fetch --unshallow (in CI: fetch-depth 0, "
    "GIT_DEPTH 0)"
)


@dataclass(frozen=True)
class Base:
    """A commit, or None, and the sentence that says which one it is, or why there is none."""

    commit: str | None
    why: str


def resolve(ref: str | None) -> Base:
    """Return the base of what is checked out.

    Args:
        ref: the branch that a change goes to, or the commit before a push: the base is where this
            commit left it. None: the remote's default branch, or without a remote this commit.

    Raises:
        UserError: if it cannot be told, which is not the same as "there is none".
    """
    if ref is not None and not ref.strip():
        raise UserError("--base is empty; name a branch or a commit, or leave it out")
    if ref == NOTHING:
        return Base(None, "this is the first push: there is nothing before it to compare with")
    head = ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head is None:
        raise UserError("there is no commit here yet; make one first: git commit")
    if ref is None and not git("remote"):
        return Base(head, f"the newest commit, {short(head)}, because there is no remote")
    target = ref or default_branch()
    if (tip := ask("rev-parse", "--verify", "--quiet", f"{target}^{{commit}}")) is None:
        remedy = (
            REMEDY if shallow() else f"is not in this clone; fetch it first: git fetch {REMOTE}"
        )
        raise UserError(f"the base {target!r} {remedy}")
    found = ask("merge-base", tip, head)
    if found is None:
        if shallow():
            raise UserError(f"where this branch left {target!r} {REMEDY}")
        return Base(None, f"{target} and this branch have no commit in common")
    return Base(found, f"{short(found)}, where this branch left {target}")


def edited() -> list[str]:
    """Return the files of Git that are not as in HEAD, but for what a landing writes."""
    own = (f":(exclude){path}" for path in (*RESULTS, DATA, STORE))
    return git(
        "-c", "core.quotePath=false", "diff", "--name-only", "HEAD", "--", ".", *own
    ).splitlines()


def altered(commit: str, *to: str) -> list[str]:
    """Return the objects of a commit's store that have another content in `to`, or in this folder.

    An object is named by its hash: no honest change alters one.
    """
    options = ("--name-only", "--no-renames", "--diff-filter=MT")
    return git("diff", *options, commit, *to, "--", STORE).splitlines()


def restore_objects(commit: str) -> None:
    """Give the objects of a commit's store their content again."""
    if objects := altered(commit):
        git("restore", f"--source={commit}", "--worktree", "--", *objects)


def adopt(commit: str) -> None:
    """Put a commit's results into this folder, in place of whatever is here."""
    for path in RESULTS:
        if holds(commit, path) or ask("ls-files", path):
            git("restore", f"--source={commit}", "--worktree", "--", path)
        elif not Path(path).is_dir():
            Path(path).unlink(missing_ok=True)


def default_branch() -> str:
    """Return the remote's default branch as this clone knows it.

    Raises:
        UserError: if it does not: a guess may be a branch that is no longer used.
    """
    if head := ask("rev-parse", "--abbrev-ref", "--verify", "--quiet", f"{REMOTE}/HEAD"):
        return head
    raise UserError(
        f"this clone does not know the default branch of {REMOTE!r}; name one: --base "
        f"{REMOTE}/main, or ask for it: git remote set-head {REMOTE} --auto"
    )


def shallow() -> bool:
    """Tell whether this clone has only the newest commits."""
    return ask("rev-parse", "--is-shallow-repository") == "true"
