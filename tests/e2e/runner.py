"""What the runners of both forges share: the real files, executed here, against a forge here."""

import os
import shlex
import shutil
import sys
from abc import ABC, abstractmethod
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from tests.conftest import ROOT, Run
from tests.e2e.act import Done
from tests.e2e.forge.server import Forge

STAND_INS = Path(__file__).parent / "actions"
APP_TOKEN = "token-of-the-app-0123456789"  # noqa: S105
COMMENT_TOKEN = "token-that-comments-0123456789"  # noqa: S105
JOB_TOKEN = "token-of-the-job-0123456789"  # noqa: S105
LOOK_TOKEN = "token-that-reads-0123456789"  # noqa: S105


@dataclass
class Runner(ABC):
    """Runs the jobs of a repository as its forge would."""

    folder: Path
    forge: Forge
    remote: Path
    run: Run
    environment: dict[str, str] = field(default_factory=dict)
    runs: int = 1000
    refusal: ClassVar[str] = ""  # what the forge says of a whole push; "": it refuses each ref

    def __post_init__(self) -> None:
        npm = Path(sys.executable).with_name("npm")
        assert not npm.exists(), f"{npm} would be used for its stand-in; first: make clean"
        (self.folder / "bin").mkdir(parents=True)
        for name in ("npm", "apt-get"):
            shutil.copy(STAND_INS / name, self.folder / "bin")
        cml = self.folder / "cml"
        real = os.environ.get("CML")
        program = real or shlex.join([sys.executable, str(ROOT / "tests/e2e/forge/cml.py")])
        cml.write_text(f'#!/bin/sh\nexec {program} "$@"\n')
        cml.chmod(0o755)
        tokens = [self.forge.token, APP_TOKEN, COMMENT_TOKEN, JOB_TOKEN, LOOK_TOKEN]
        users = ("x-access-token", "gitlab-ci-token")
        encoded = [b64encode(f"{u}:{t}".encode()).decode() for t in tokens for u in users]
        (self.folder / "secrets.txt").write_text("\n".join([*tokens, *encoded]) + "\n")

    @abstractmethod
    def review(self, head: str, number: int = 1) -> Done:
        """Run what a change under review starts, at its newest commit."""

    @abstractmethod
    def merged(self, first: bool = False, at: Path | None = None) -> Done:
        """Run what a push to the default branch starts; `at` is a clone as it was then."""

    @abstractmethod
    def night(self) -> Done:
        """Run what the schedule starts."""

    @abstractmethod
    def pressed(self, **inputs: Any) -> Done:
        """Run what the button starts."""

    @abstractmethod
    def alarm(self, **sent: Any) -> Done:
        """Run what monitoring starts."""

    @abstractmethod
    def monitor(self) -> Done:
        """Run what looks whether there is an alarm; its jobs are `look` and `alarm`."""

    @abstractmethod
    def deployed(self, **inputs: str) -> Done:
        """Run what a person starts to deploy; its jobs are `bundle` and `deploy`."""

    @property
    @abstractmethod
    def leaks(self) -> list[str]:
        """Return files that a job has left with a token inside."""

    @abstractmethod
    def artifact(self, run: str) -> Path:
        """Return the folder of a run's report."""

    def surroundings(self, home: Path) -> dict[str, str]:
        """Return the environment of a machine without any settings."""
        path = [self.folder / "bin", Path(sys.executable).parent, "/usr/local/bin:/usr/bin:/bin"]
        return {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "PATH": os.pathsep.join(map(str, path)),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),  # CML writes into it
            "PYTHONPATH": str(ROOT / "src"),
        }

    def holding_tokens(self, *folders: Path) -> list[str]:
        """Return the files of folders that hold one of the forge's tokens."""
        tokens = [each.encode() for each in (self.folder / "secrets.txt").read_text().split()]
        files = (each for folder in folders for each in folder.rglob("*") if each.is_file())
        return [str(file) for file in files if any(each in file.read_bytes() for each in tokens)]
