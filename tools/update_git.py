"""What `update.py` asks of Git: in bounded time, without a question, without showing a password.

`retrain` has a module for Git too. This one does not import it: an update may be what repairs it.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
INHERITED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")  # what a hook sets
ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_NO_REPLACE_OBJECTS": "1"}
ANSWER, DOWNLOAD = 60, 900  # seconds
Done = subprocess.CompletedProcess[str]


def end(sentence: str) -> NoReturn:
    sys.exit(f"error: {sentence}")


def shown(text: str) -> str:
    """Return a text without the users and passwords of its addresses."""
    return re.sub(r"://\S*@", "://", text)


def reason(done: Done) -> str:
    """Return the line that says why, of what Git wrote."""
    lines = [*filter(None, map(str.strip, done.stderr.splitlines()))] or ["it does not say why"]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote:"))]
    return shown((telling or lines)[0])


def program() -> str:
    return shutil.which("git") or end("git is not installed, or not on the PATH; install it")


def names(said: str) -> list[str]:
    """Return the items of what Git prints with -z."""
    return [*filter(None, said.split("\0"))]


class Git:
    """The Git of this folder, with variables of its own."""

    def __init__(self, **variables: str) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in INHERITED}
        self.environment = kept | ENVIRONMENT | variables

    def call(self, *words: str, text: str = "", seconds: int | None = None) -> Done:
        """Run `git words`; judge its exit code.

        In a session of its own it cannot ask on the terminal, and is ended with what it started.
        """
        with subprocess.Popen(  # noqa: S603
            [program(), *words],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="surrogateescape",
            start_new_session=True,
        ) as process:
            try:
                said, why = process.communicate(text, timeout=seconds)
            except BaseException as stopped:
                os.killpg(process.pid, signal.SIGKILL)
                if not isinstance(stopped, subprocess.TimeoutExpired):
                    raise
                said, why = "", f"fatal: no answer within {seconds} seconds"
        return Done(process.args, process.returncode, said, why)

    def __call__(self, *words: str, text: str = "") -> str:
        """Return what `git words` prints, or end with its reason."""
        done = self.call(*words, text=text)
        if done.returncode:
            end(f"git {words[0]} refuses: {reason(done)}")
        return done.stdout.removesuffix("\n")

    def read(self, commit: str, path: str) -> str | None:
        """Return a file's text in a commit, or None where it is not there."""
        done = self.call("cat-file", "blob", f"{commit}:{path}")
        return None if done.returncode else done.stdout

    def files(self, commit: str) -> dict[str, str]:
        """Return the files of a commit: by path, mode, type and hash."""
        entries = (each.partition("\t") for each in names(self("ls-tree", "-r", "-z", commit)))
        return {path: entry for entry, _, path in entries}

    def commit(self, files: dict[str, str], message: str, *parents: str) -> str:
        """Return a commit that has these files; no branch has it."""
        self("read-tree", "--empty")
        entries = "".join(f"{entry}\t{path}\0" for path, entry in files.items())
        self("update-index", "-z", "--index-info", text=entries)
        words = [word for parent in parents for word in ("-p", parent)]
        return self("commit-tree", *words, "-m", message, self("write-tree"))


here = Git()
