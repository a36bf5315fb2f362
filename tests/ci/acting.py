"""GitHub's runner on this machine: the real workflow files, executed by act, against a forge here.

What act does not know (`queue`, `cache-mode`) is taken out of the copy that it reads; actions that
come from elsewhere have a stand-in in `actions/`. Jobs end with a search for the forge's tokens.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.ci import toys
from tests.ci.acted import Done, action_files, executed, read
from tests.ci.forge.server import Forge
from tests.ci.forge.state import Artifact
from tests.conftest import ROOT, Run

STAND_INS = Path(__file__).parent / "actions"
APP_TOKEN = "token-of-the-app-0123456789"  # noqa: S105
USES = re.compile(r"uses: ([\w.-]+/[\w.-]+)@([0-9a-f]{40})")


@dataclass
class Runner:
    """Runs workflows of a repository as its forge would."""

    folder: Path
    forge: Forge
    remote: Path
    run: Run
    environment: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    runs: int = 1000

    def __post_init__(self) -> None:
        (self.folder / "bin").mkdir(parents=True)
        shutil.copy(STAND_INS / "npm", self.folder / "bin/npm")
        cml = self.folder / "cml"
        real = os.environ.get("CML")
        program = real or shlex.join([sys.executable, str(ROOT / "tests/ci/forge/cml.py")])
        cml.write_text(f'#!/bin/sh\nexec {program} "$@"\n')
        cml.chmod(0o755)
        tokens = [self.forge.token, APP_TOKEN]
        encoded = [b64encode(f"x-access-token:{token}".encode()).decode() for token in tokens]
        (self.folder / "secrets.txt").write_text("\n".join([*tokens, *encoded]) + "\n")

    def fire(
        self,
        workflow: str,
        event: str,
        payload: dict[str, Any],
        ref: str = "main",
        at: Path | None = None,
    ) -> Done:
        """Run a workflow for an event, with the file that the default branch or `ref` has.

        `at` is a clone at the commit of an event that lies back.
        """
        self.runs += 1
        name = str(self.runs)
        clone = at or toys.clone(self.remote, self.folder / f"{name}-clone", self.run)
        toys.do(self.run, clone, f"git checkout -q {ref}")
        file = clone / f".github/workflows/{workflow}.yml"
        used = set(USES.findall("\n".join(each.read_text() for each in action_files(clone))))
        executed(file)
        (said := self.folder / f"{name}.json").write_text(json.dumps(payload))
        mapped = (
            f"--local-repository={action}@{commit}={STAND_INS / action.replace('/', '-')}"
            for action, commit in sorted(used)
        )
        secrets = {"GITHUB_TOKEN": self.forge.token} | self.secrets
        environment = {
            "GITHUB_REPOSITORY": self.forge.slug,
            "GITHUB_SERVER_URL": self.forge.url,
            "GITHUB_API_URL": self.forge.api,
            "GITHUB_RUN_ID": name,
            "GITHUB_REF": payload.get("ref") or "refs/heads/main",
            **self.forge.trust,
            "STAND_INS": str(self.folder),
            "APP_TOKEN": APP_TOKEN,
            **self.environment,
        }
        command = [
            str(Path(sys.executable).parent / "act"),
            *(event, "-C", str(clone), "-W", str(file), "-e", str(said)),
            *("-P", "ubuntu-24.04=-self-hosted", "-P", "big=-self-hosted", "--pull=false"),
            *("--no-cache-server", "--no-skip-checkout", "--json", "--actor", "octo"),
            *mapped,
            *(f"--env={key}={value}" for key, value in environment.items()),
            *(f"--secret={key}={value}" for key, value in secrets.items()),
            *(f"--input={key}={value}" for key, value in payload.get("inputs", {}).items()),
        ]
        path = [self.folder / "bin", Path(sys.executable).parent, "/usr/local/bin:/usr/bin:/bin"]
        home = self.folder / f"{name}-home"
        done = subprocess.run(
            command,
            env={
                "HOME": str(home),
                "XDG_CONFIG_HOME": str(home / "config"),
                "XDG_CACHE_HOME": str(home / "cache"),
                "PATH": os.pathsep.join(map(str, path)),
                "LANG": "C.UTF-8",
                "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),  # CML writes into it
                "PYTHONPATH": str(ROOT / "src"),
            },
            capture_output=True,
            encoding="utf-8",
            timeout=600,
        )
        return read(name, file, done.stdout + done.stderr)

    def artifact(self, run: str) -> Path:
        """Return the folder of a run's report."""
        return self.folder / "artifacts" / run / "report"

    def offer_artifact(self, run: str, number: int = 7) -> None:
        """Let the forge know the report of a run, by a number."""
        folder = self.artifact(run)
        size = sum(file.lstat().st_size for file in folder.iterdir())
        self.forge.artifacts[int(run)] = [Artifact(number, "report", size)]
        shutil.copytree(folder, folder.with_name(str(number)), symlinks=True)

    @property
    def leaks(self) -> list[str]:
        """Return files that a job left with a token inside, artifacts too."""
        found = self.folder / "leaks.txt"
        artifacts = (file for file in (self.folder / "artifacts").rglob("*") if file.is_file())
        tokens = (self.folder / "secrets.txt").read_text().split()
        kept = [str(file) for file in artifacts if any(t in file.read_text() for t in tokens)]
        return (found.read_text().split() if found.exists() else []) + kept
