"""GitHub's runner on this machine: the real workflow files, executed by act.

What act does not know (`queue`) is taken out of the copy that it reads; actions that come from
elsewhere have a stand-in in `actions/`. Jobs end with a search for the forge's tokens.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from retrain.repo.git import NOTHING
from tests.e2e.act import Done, action_files, executed, read
from tests.e2e.forge.state import Artifact
from tests.e2e.runner import APP_TOKEN, STAND_INS, Runner
from tests.toys import events, toys

USES = re.compile(r"uses: ([\w.-]+/[\w.-]+)@([0-9a-f]{40})")


def zipped(files: dict[str | ZipInfo, bytes]) -> bytes:
    """Return an archive, as the forge stores what a run has left."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return archive.getvalue()


@dataclass
class GitHub(Runner):
    """Runs workflows."""

    secrets: dict[str, str] = field(default_factory=dict)

    def review(self, head: str, number: int = 1) -> Done:
        return self.fire("retrain", "pull_request", events.pull_request(head, number))

    def merged(self, first: bool = False, at: Path | None = None) -> Done:
        payload = events.push(before=NOTHING) if first else events.push()
        return self.fire("retrain", "push", payload, at=at)

    def night(self) -> Done:
        return self.fire("retrain", "schedule", events.schedule())

    def pressed(self, **inputs: Any) -> Done:
        return self.fire("retrain", "workflow_dispatch", events.button(**inputs))

    def alarm(self, **sent: Any) -> Done:
        return self.fire("retrain", "repository_dispatch", events.alarm(**sent))

    def monitor(self) -> Done:
        return self.fire("monitor", "schedule", events.schedule())

    def deployed(self, **inputs: str) -> Done:
        return self.fire("deploy", "workflow_dispatch", events.deployment(**inputs))

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
        done = subprocess.run(
            command,
            env=self.surroundings(self.folder / f"{name}-home"),
            capture_output=True,
            encoding="utf-8",
            timeout=600,
        )
        return read(name, file, done.stdout + done.stderr)

    def artifact(self, run: str) -> Path:
        return self.folder / "artifacts" / run / "report"

    def offer_artifact(self, run: str, number: int = 7) -> None:
        """Let the forge know the report of a run, by a number."""
        self.forge.stored[number] = zipped(
            {file.name: file.read_bytes() for file in self.artifact(run).iterdir()}
        )
        self.forge.artifacts[int(run)] = [Artifact(number, "report")]

    @property
    def leaks(self) -> list[str]:
        found = self.folder / "leaks.txt"
        kept = self.holding_tokens(self.folder / "artifacts")
        return (found.read_text().split() if found.exists() else []) + kept
