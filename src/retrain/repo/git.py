"""Git, asked through its own command: what it says, or its refusal in a sentence."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from retrain.errors import UserError
from retrain.repo import credentials

REMOTE = "origin"
NOTHING = "0" * 40  # what both forges call the commit before the first one
REMOTELY = {"fetch", "ls-remote", "push", "clone"}
COMMITTER = {"NAME": "retrain", "EMAIL": "retrain@localhost"}  # where Git knows no user
# a password cannot be typed, messages are read, in English, and a commit is what its name
# says: a ref of this clone could put another one in its place
ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_NO_REPLACE_OBJECTS": "1"}


def call(
    *words: str, text: str | None = None, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run `git words` with `text` on its stdin; judge its exit code."""
    return subprocess.run(  # noqa: S603
        ["git", *words],  # noqa: S607
        input=text,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**_environment(), **ENVIRONMENT, **(env or {}), **_credentials(words)},
    )


def _credentials(words: tuple[str, ...]) -> dict[str, str]:
    return credentials.for_git(REMOTE) if words[0] in REMOTELY else {}


def _environment() -> dict[str, str]:
    """Return the environment without what a Git hook sets: the repository is the one here."""
    inherited = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
    return {name: value for name, value in os.environ.items() if name not in inherited}


def git(*words: str, text: str | None = None, env: Mapping[str, str] | None = None) -> str:
    """Return what `git words` prints.

    Raises:
        UserError: if Git refuses, with its reason.
    """
    result = call(*words, text=text, env=env)
    if result.returncode:
        raise UserError(f"git {words[0]} refuses: {reason(result.stderr)}")
    return result.stdout.strip()


def ask(*words: str) -> str | None:
    """Return what `git words` prints, or None where the answer is no."""
    result = call(*words)
    return None if result.returncode else result.stdout.strip()


def identity() -> dict[str, str]:
    """Return who commits: whom Git knows, else a name of our own."""
    if all(ask("var", f"GIT_{role}_IDENT") for role in ("AUTHOR", "COMMITTER")):
        return {}
    return {
        f"GIT_{role}_{what}": os.environ.get(f"GIT_{role}_{what}") or value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in COMMITTER.items()
    }


def reason(stderr: str) -> str:
    """Return the line that says why, of what Git wrote."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote:"))]
    return (telling or lines or ["it does not say why"])[0]


def show(commit: str, path: str) -> str | None:
    """Return a file's text in a commit, or None where it is not there."""
    result = call("show", f"{commit}:./{path}")
    return None if result.returncode else result.stdout


def holds(commit: str, path: str) -> bool:
    """Tell whether a commit has a file or folder."""
    return ask("cat-file", "-e", f"{commit}:./{path}") is not None


def is_ancestor(commit: str, of: str) -> bool:
    """Tell whether a commit is another one, or in its history; one that is not here is not."""
    return ask("merge-base", "--is-ancestor", commit, of) is not None


def differing(*words: str, paths: tuple[str, ...]) -> list[str]:
    """Return the files that differ between two commits, or between one and this folder."""
    return git("diff", "--name-only", "--no-renames", *words, "--", *paths).splitlines()


def top_folder() -> None:
    """Raise unless this is Git's top folder: a commit's files are looked for there."""
    if prefix := git("rev-parse", "--show-prefix"):
        raise UserError(f"{prefix} is a folder inside another project; give it a Git of its own")


def short(commit: str) -> str:
    """Return a commit's name as a person writes it."""
    return commit[:7]


@contextmanager
def worktree(commit: str) -> Iterator[Path]:
    """Yield a folder with the files of a commit, gone afterwards."""
    top_folder()
    with TemporaryDirectory(prefix="retrain-") as scratch:
        folder = Path(scratch) / "commit"
        # no hook of this clone: it could change the files
        quiet = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath"}
        quiet["GIT_CONFIG_VALUE_0"] = os.devnull
        git("worktree", "add", "--quiet", "--detach", str(folder), commit, env=quiet)
        try:
            yield folder
        finally:
            call("worktree", "remove", "--force", "--force", str(folder))
            call("worktree", "prune")  # also those whose folder is gone
