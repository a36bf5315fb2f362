"""A clone of this repository, to make an example in."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs/examples"
AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@localhost"), ("DATE", "2013-07-01T00:00Z"))
}


def run(
    words: Sequence[str | Path],
    cwd: Path,
    name: str,
    may_fail: bool = False,
    source: Path | None = None,
) -> None:
    """Run a command with the code of `source`, or of the folder that it runs in."""
    path = os.pathsep.join([str(ROOT / ".venv/bin"), os.environ["PATH"]])
    env = os.environ | AUTHOR | {"PATH": path, "PYTHONPATH": str((source or cwd) / "src")}
    done = subprocess.run([str(word) for word in words], cwd=cwd, env=env)  # noqa: S603
    if done.returncode and not may_fail:
        sys.exit(f"error: {name}: `{' '.join(map(str, words))}` failed, as shown above")


class Project:
    """A clone on a branch of its own."""

    def __init__(self, remote: Path, name: str) -> None:
        """Clone `remote` beside it."""
        self.folder = remote.with_name(name)
        self.name = name
        self.call("git", "clone", "-q", remote, self.folder, cwd=remote.parent)

    def call(self, *words: str | Path, cwd: Path | None = None, may_fail: bool = False) -> None:
        """Run a command with the clone's own code."""
        run(words, cwd or self.folder, self.name, may_fail, source=self.folder)

    def edit(self, path: str, pattern: str, by: str) -> None:
        """Replace a pattern that a file has once."""
        file = self.folder / path
        text, found = re.subn(pattern, by, file.read_text("utf-8"))
        if found != 1:
            sys.exit(f"error: {path} has {pattern!r} {found} times; correct tools/examples.py")
        file.write_text(text, "utf-8")

    def judge(self) -> None:
        """Do what CI does with a pull request: run from the base's results, judge, report."""
        self.call("git", "add", "--all")
        self.call("git", "commit", "-q", "--allow-empty", "-m", self.name)
        self.call("retrain", "judge", may_fail=True)
        self.keep()

    def keep(self) -> None:
        """Put the report among the examples."""
        shutil.copyfile(self.folder / "report.md", TARGET / f"{self.name}.md")
