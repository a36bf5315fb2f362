"""Git, asked through its own command: what it says, or its refusal in a sentence."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from retrain import programs
from retrain.errors import UserError
from retrain.repo import tokens

REMOTE = "origin"
NOTHING = "0" * 40  # what both forges call the commit before the first one
REMOTELY = {"fetch", "ls-remote", "push", "clone"}
COMMITTER = {"NAME": "retrain", "EMAIL": "retrain@localhost"}  # where Git knows no user
# a password cannot be typed, messages are read, in English, and a commit is what its name
# says: a ref of this clone could put another one in its place
ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_NO_REPLACE_OBJECTS": "1"}
# as `git cat-file --batch` answers: hash, type, size
OBJECT = re.compile(rb"([0-9a-f]{40,64}) (\w+) (\d+)\n")


def call(
    *words: str, text: str | None = None, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run `git words` with `text` on its stdin; judge its exit code."""
    token = tokens.for_git(REMOTE, words[0]) if words[0] in REMOTELY else {}
    return programs.run(["git", *words], input=text, env={**_environment(), **(env or {}), **token})


def _environment() -> dict[str, str]:
    """Return the environment without what a Git hook sets: the repository is the one here."""
    inherited = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
    own = {name: value for name, value in os.environ.items() if name not in inherited}
    return own | ENVIRONMENT


def git(*words: str, text: str | None = None, env: Mapping[str, str] | None = None) -> str:
    """Return what `git words` prints, or raise a UserError with Git's reason."""
    result = call(*words, text=text, env=env)
    if result.returncode:
        raise UserError(f"git {words[0]} refuses: {reason(result.stderr)}")
    return result.stdout.strip()


def ask(*words: str) -> str | None:
    """Return what `git words` prints, or None where the answer is no."""
    result = call(*words)
    return None if result.returncode else result.stdout.strip()


def user() -> str:
    """Return the name by which this clone commits."""
    known = ask("var", "GIT_COMMITTER_IDENT")
    return known.partition(" <")[0] if known else COMMITTER["NAME"]


def identity() -> dict[str, str]:
    """Return who commits: whom Git knows, else the name of this program."""
    if all(ask("var", f"GIT_{role}_IDENT") for role in ("AUTHOR", "COMMITTER")):
        return {}
    return {
        f"GIT_{role}_{what}": os.environ.get(f"GIT_{role}_{what}") or value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in COMMITTER.items()
    }


def reason(stderr: str) -> str:
    """Return the line that says why, of what Git wrote."""
    lines = programs.lines(stderr)
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote:"))]
    return (telling or lines)[0]


class Found(NamedTuple):
    hash: str
    type: str
    content: bytes


_asked: dict[tuple[int, int], "subprocess.Popen[bytes]"] = {}  # by folder: the current one's alone


def find(name: str) -> Found | None:
    """Return what a name such as `HEAD^{commit}` or `HEAD:./file` names, or None.

    One process answers for all names, and remembers nothing: refs, and what was missing, are looked
    for again at each question.
    """
    here = Path().stat()
    place = here.st_dev, here.st_ino
    # not kept while it answers: after an interruption, the rest would be the next one's answer
    used = _asked.pop(place, None)
    asked = used or _batch()
    if not (header := _line(asked, name)) and used:  # that was ended
        _end(used)
        header = _line(asked := _batch(), name)
    if not header:
        git("rev-parse", "--git-dir")  # which says why
        raise UserError("git cat-file was ended; run the same command again")
    known = OBJECT.fullmatch(header)
    assert asked.stdout
    content = asked.stdout.read(int(known[3]) + 1)[:-1] if known else b""
    while _asked:
        _end(_asked.popitem()[1])
    _asked[place] = asked
    return Found(known[1].decode(), known[2].decode(), content) if known else None


def _batch() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        ["git", "cat-file", "--batch"],  # noqa: S607
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(BrokenPipeError), process:  # closes the pipes, and waits
        process.kill()


def _line(process: "subprocess.Popen[bytes]", name: str) -> bytes:
    """Return the first line of the answer to a name; nothing: the process has ended."""
    assert process.stdin
    assert process.stdout
    with suppress(BrokenPipeError):
        process.stdin.write(os.fsencode(" ".join(name.splitlines())) + b"\n")
        process.stdin.flush()
    return process.stdout.readline()


def find_commit(name: str) -> str | None:
    """Return the full hash of the commit that a name names, or None where there is none."""
    found = find(f"{name}^{{commit}}")
    return found.hash if found else None


def commit_of(name: str) -> str:
    if commit := find_commit(name):
        return commit
    if name == "HEAD":
        raise UserError("there is no commit here yet; make one first: git commit")
    raise UserError(f"{name} is not in this clone; fetch it first: git fetch")


def show(commit: str, path: str) -> str | None:
    """Return a file's text in a commit, or None where it is not there."""
    found = find(f"{commit}:./{path}")
    if found is None or found.type != "blob":
        return None
    return found.content.decode("utf-8", "replace").replace("\r\n", "\n")


def named(commit: str, path: str) -> str | None:
    """Return the hash by which a commit names a file or folder, or None where it has none."""
    found = find(f"{commit}:./{path}")
    return found.hash if found else None


def is_ancestor(commit: str, of: str) -> bool:
    """Tell whether a commit is another one, or in its history; one that is not here is not."""
    return commit == find_commit(of) or ask("merge-base", "--is-ancestor", commit, of) is not None


def ancestors(commits: set[str], of: str) -> set[str]:
    """Return those of some commits, by full hash, that are a commit or in its history."""
    here = {commit for commit in commits if find_commit(commit)}
    apart = git("rev-list", "--stdin", text="\n".join([*here, f"^{of}"])) if here else ""
    return here - {*apart.split()}


def differing(*words: str, paths: tuple[str, ...], kinds: str = "") -> list[str]:
    """Return the files that differ between two commits, or between one and this folder.

    `kinds` are Git's letters for what has become of them, such as M; all unless given.
    """
    if len(words) == 2 and all(len({named(each, path) for each in words}) == 1 for path in paths):
        return []
    options = ("--name-only", "--no-renames", f"--diff-filter={kinds}")
    return git("diff", *options, *words, "--", *paths).splitlines()


def default_branch() -> str | None:
    """Return the remote's default branch as this clone knows it, with the remote's name."""
    return ask("rev-parse", "--abbrev-ref", "--verify", "--quiet", f"{REMOTE}/HEAD")


def top_folder() -> None:
    """Raise unless this is Git's top folder: a commit's files are looked for there."""
    if not Path(".git").exists() and (prefix := git("rev-parse", "--show-prefix")):
        raise UserError(f"{prefix} is a folder inside another project; give it a Git of its own")


def short(commit: str) -> str:
    return commit[:7]


@contextmanager
def worktree(commit: str) -> Iterator[Path]:
    """Yield a folder with the files of a commit, gone afterwards."""
    top_folder()
    # no hook of this clone: it could change the files
    quiet = tokens.configured({"core.hooksPath": os.devnull})
    try:
        with TemporaryDirectory(prefix="retrain-") as scratch:
            folder = Path(scratch) / "commit"
            git("worktree", "add", "--quiet", "--detach", str(folder), commit, env=quiet)
            yield folder
    finally:
        call("worktree", "prune")  # its folder is gone, and so may be those of killed processes
