"""What a run is compared with: the commit that its change started from."""

from dataclasses import dataclass
from pathlib import Path

from retrain.errors import UserError
from retrain.paths import STORE
from retrain.repo import record
from retrain.repo.git import (
    NOTHING,
    REMOTE,
    ask,
    commit_of,
    default_branch,
    differing,
    find_commit,
    git,
    named,
    short,
)

# what only a landing writes: where another commit changes them, the base's are used
RESULTS = ("dvc.lock", "reports")
ALTERED = "MT"  # of the store: an object is named by its hash, and no honest change alters one
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
    """Return the base of what is checked out: where this commit left `ref`.

    That is the branch that a change goes to, or the commit before a push; None: the remote's
    default branch, or without a remote this commit. A base that is not known is a UserError, which
    is not the same as "there is none".
    """
    if ref is not None and not ref.strip():
        raise UserError("--base is empty; name a branch or a commit, or leave it out")
    if ref == NOTHING:
        return Base(None, "this is the first push: there is nothing before it to compare with")
    here = commit_of("HEAD")
    if (target := ref or _default_branch()) is None:
        return Base(here, f"the newest commit, {short(here)}, because there is no remote")
    if (tip := find_commit(target)) is None:
        raise UserError(f"the base {target!r} {REMEDY if shallow() else _missing()}")
    found = here if tip == here else ask("merge-base", tip, here)
    if found is None:
        if shallow():
            raise UserError(f"where this branch left {target!r} {REMEDY}")
        return Base(None, f"{target} and this branch have no commit in common")
    return Base(found, f"{short(found)}, where this branch left {target}")


def _missing() -> str:
    """Return why a base is not there, and the branches that are."""
    if REMOTE not in git("remote").split():
        return f"is not in this clone, which has no remote {REMOTE!r}; name a commit or a branch"
    known = git("for-each-ref", "--format=%(refname:lstrip=2)", f"refs/remotes/{REMOTE}/*").split()
    others = (f"{REMOTE}/HEAD", f"{REMOTE}/{record.BRANCH}")
    names = ", ".join(name for name in known if not name.startswith(others))
    return f"is not in this clone; fetch it first: git fetch {REMOTE}; or choose one of: {names}"


def edited() -> list[str]:
    """Return the files of Git that are not as in HEAD: of what a landing writes, data.dvc alone."""
    own = (f":(exclude){path}" for path in (*RESULTS, STORE))
    return git(
        "-c", "core.quotePath=false", "diff", "--name-only", "HEAD", "--", ".", *own
    ).splitlines()


def ignored(commit: str) -> list[str]:
    """Return what HEAD says of a run in place of a commit, and is not believed."""
    return differing(commit, "HEAD", paths=RESULTS) + differing(
        commit, "HEAD", paths=(STORE,), kinds=ALTERED
    )


def restore_objects(commit: str) -> None:
    """Give the objects of a commit's store their content again."""
    if objects := differing(commit, paths=(STORE,), kinds=ALTERED):
        git("restore", f"--source={commit}", "--worktree", "--", *objects)


def adopt(commit: str) -> None:
    """Replace the results in this folder by a commit's."""
    known = [path for path in RESULTS if named(commit, path) or ask("ls-files", path)]
    if known:
        git("restore", f"--source={commit}", "--worktree", "--", *known)
    for path in {*RESULTS} - {*known}:
        if not Path(path).is_dir():
            Path(path).unlink(missing_ok=True)


def _default_branch() -> str | None:
    """Return the remote's default branch as this clone knows it, or None without a remote.

    It is never guessed: a guess may be a branch that is no longer used.
    """
    if (name := default_branch()) or not git("remote"):
        return name
    raise UserError(
        f"this clone does not know the default branch of {REMOTE!r}; name one: --base "
        f"{REMOTE}/main, or ask for it: git remote set-head {REMOTE} --auto"
    )


def shallow() -> bool:
    """Tell whether this clone has only the newest commits."""
    return ask("rev-parse", "--is-shallow-repository") == "true"
