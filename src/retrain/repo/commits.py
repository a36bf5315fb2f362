"""Commits and tags as Git's objects, which no branch names yet: signed, if there is a key.

A job may be given one, and a person's Git may be set to sign: commit.gpgsign, tag.gpgsign.
"""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from retrain.repo import tokens
from retrain.repo.git import ask, commit_of, git, identity, named


def commit(tree: str, message: str, *parents: str) -> str:
    """Return a commit of a tree."""
    words = [word for parent in parents for word in ("-p", parent)]
    with tokens.signing() as key:
        signs = key or ask("config", "--type=bool", "commit.gpgsign") == "true"
        sign = ("-S",) if signs else ()
        return git("commit-tree", *sign, tree, *words, text=message, env=identity() | key)


def commit_files(message: str, *paths: str) -> None:
    """Commit files of this folder, on its branch."""
    with tokens.signing() as key:
        git("commit", "--quiet", f"--message={message}", "--", *paths, env=identity() | key)


def tag(name: str, commit: str, message: str, date: datetime | None = None) -> str:
    """Return an annotated tag of a commit, in the form that GTO reads; `date`: its own, else now.

    It is made in a repository that shares this one's objects and settings, because Git signs no tag
    that it does not also put among the tags.
    """
    asked = ("--show-object-format", "--git-path", "objects", "--git-path", "config")
    form, *paths = git("rev-parse", *asked).splitlines()
    objects, settings = (str(Path(path).resolve()) for path in paths)
    with TemporaryDirectory(prefix="retrain-") as folder, tokens.signing() as key:
        git("init", "--quiet", "--bare", f"--object-format={form}", folder)
        elsewhere = {"GIT_DIR": folder, "GIT_OBJECT_DIRECTORY": objects}
        git("config", "include.path", settings, env=elsewhere)
        options = ("--annotate", "--cleanup=verbatim", "--file=-")
        env = identity() | key | elsewhere
        if date:
            # Git reads a date in words only up to the year 2099
            env["GIT_COMMITTER_DATE"] = f"@{int(date.timestamp())} +0000"
        git("tag", *options, name, commit, text=f"{message}\n", env=env)
        return git("rev-parse", f"refs/tags/{name}", env=elsewhere)


class Index:
    """A commit's files, changed in an index of its own: no file of this folder is."""

    def __init__(self, commit: str) -> None:
        self._start = commit
        self._scratch = TemporaryDirectory(prefix="retrain-")

    def __enter__(self) -> "Index":
        self._env = {"GIT_INDEX_FILE": str(Path(self._scratch.name) / "index")}
        self.git("read-tree", self._start)
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.cleanup()

    def git(self, *words: str, text: str | None = None) -> str:
        return git(*words, text=text, env=self._env)

    def write(self, path: str, text: str) -> None:
        name = git("hash-object", "-w", "--stdin", text=text)
        self.git("update-index", "--index-info", text=f"100644 {name}\t{path}\n")

    def take(self, commit: str, paths: tuple[str, ...]) -> None:
        """Make some files and folders what they are in another commit."""
        self.git("rm", "-r", "--cached", "--quiet", "--ignore-unmatch", "--", *paths)
        there = git("ls-tree", "-r", commit, "--", *paths)
        self.git("update-index", "--index-info", text=f"{there}\n" if there else "")

    def commit(self, message: str, *parents: str) -> str:
        """Return a commit of the files; a parent itself, if it has the same."""
        tree = self.git("write-tree")
        if named(parents[0], "") == tree:
            return commit_of(parents[0])
        return commit(tree, message, *parents)
