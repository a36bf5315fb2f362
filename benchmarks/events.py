"""What an event costs, from the checkout to the end: the commands of CI's jobs, in seconds."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from retrain.errors import UserError

BIN = Path(sys.executable).parent
REPOSITORY = {"id": 1, "full_name": "acme/model"}
MESSAGE = "-c user.name=bench -c user.email=bench@localhost commit -qam bench"
Tell = Callable[[str], None]
GROUPS = {  # of each job
    "plan": "dvc",
    "build": "dvc pipeline validate gate",
    "land": "dvc forge node",
}


def events(repository: Path, tell: Tell) -> list[dict[str, Any]]:
    """Measure four events on a copy whose data end a month before the source's.

    Args:
        repository: a copy of this one with a commit; it becomes what a remote holds.
        tell: called with a line of text before each.
    """
    # what is installed is not measured: `make ingest` is the command alone
    (stand_in := repository.with_name("bin") / "make").parent.mkdir()
    words = "$1 ${2:+--unchecked}"  # `make ingest UNCHECKED=1`
    stand_in.write_text(f"#!/bin/sh\nexec {BIN / 'retrain'} {words}\n", "utf-8")
    stand_in.chmod(0o755)
    os.environ["PATH"] = f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}"
    tell("events: the months up to November, and a first landing")
    remote = repository.with_name("remote.git")
    seed = clone(repository, remote, "seed")
    call(seed, BIN / "retrain", "ingest", "--through", "2013-11")
    call(seed, "git", *MESSAGE.split())
    call(seed, "git", "push", "-q", "origin", "main")
    call(seed, BIN / "retrain", "land")
    rows = []
    for name, event, edit in (
        ("README-only push", push(), ("README.md", "# retrain", "# Retrain")),
        ("changed parameter", review(), ("params.yaml", "rate: 0.08", "rate: 0.1")),
        ("new data", ("schedule", {}), None),
        ("unchanged night", ("schedule", {}), None),
    ):
        tell(f"events: {name}")
        folder = clone(remote, None, name.replace(" ", "-"))
        if edit:
            path, before, after = edit
            (folder / path).write_text((folder / path).read_text("utf-8").replace(before, after))
            call(folder, "git", *MESSAGE.split())
            if event[0] == "push":
                call(folder, "git", "push", "-q", "origin", "HEAD:main")
        rows.append({"event": name, **measured(folder, *event)})
        if name == "new data":  # the proposal is merged, and lands
            prepared = folder.with_name(f"{folder.name}-landed") / ".dvc/tmp/retrain-proposal.json"
            commit = json.loads(prepared.read_text())["commit"]
            call(prepared.parents[2], "git", "push", "-q", "origin", f"{commit}:main")
            call(clone(remote, None, "merged"), BIN / "retrain", "land")
    tell("events: setting up each job, without any cache")
    return [*rows, {"event": "setting up", **setting_up(remote)}]


def measured(folder: Path, event: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Run the jobs that an event asks for; return the seconds of each, and of all."""
    seconds = dict.fromkeys(GROUPS, 0.0)
    seconds["plan"], said = job(folder, "plan", event, payload)
    lands = said["next"] == "land"
    if said["next"] != "none":
        seconds["build"], said = built(folder, event, payload)
    if lands:
        there = clone(folder.with_name("remote.git"), None, f"{folder.name}-landed")
        shutil.move(folder / "candidate", there)
        seconds["land"], _ = job(there, "land", event, payload, RETRAIN_CANDIDATE=said["candidate"])
    return {**seconds, "together": sum(seconds.values())}


def built(folder: Path, event: str, payload: dict[str, Any]) -> tuple[float, dict[str, str]]:
    """Run the steps of the job that builds; return their seconds and outputs."""
    spent = 0.0
    for step in ("start", "isolate dvc repro", "gate", "report"):
        seconds, said = job(folder, step, event, payload)
        spent += seconds
    return spent, said


def setting_up(remote: Path) -> dict[str, Any]:
    """Return the seconds in which each job installs its groups, and those of build and land."""
    seconds = {}
    for name, groups in GROUPS.items():
        folder = clone(remote, None, f"{name}-set-up")
        begin = time.perf_counter()
        call(folder, sys.executable, "tools/environment.py", groups, UV_NO_CACHE="1")
        seconds[name] = time.perf_counter() - begin
        shutil.rmtree(folder)
    return {**seconds, "together": sum(seconds[name] for name in ("plan", "build", "land"))}


def job(
    folder: Path, command: str, event: str, payload: dict[str, Any], **environment: str
) -> tuple[float, dict[str, str]]:
    """Run one command as GitHub's runner would; return its seconds and its outputs."""
    with tempfile.TemporaryDirectory() as scratch:
        (said := Path(scratch) / "event.json").write_text(json.dumps(payload), "utf-8")
        (output := Path(scratch) / "output").touch()
        variables = {
            "EVENT_NAME": event,
            "EVENT_PATH": str(said),
            "OUTPUT": str(output),
            "REF": "refs/heads/main",
            "RUN_ID": "1",
        }
        environment |= {f"GITHUB_{key}": value for key, value in variables.items()}
        begin = time.perf_counter()
        call(folder, BIN / "retrain", "ci", *command.split(), **environment)
        seconds = time.perf_counter() - begin
        return seconds, dict(line.split("=", 1) for line in output.read_text().splitlines())


def push() -> tuple[str, dict[str, Any]]:
    """Return what GitHub says of a push."""
    return "push", {"before": "1" * 40, "repository": REPOSITORY}


def review() -> tuple[str, dict[str, Any]]:
    """Return what GitHub says of a pull request."""
    return "pull_request", {"pull_request": {"base": {"ref": "main"}}, "repository": REPOSITORY}


def clone(source: Path, bare: Path | None, name: str) -> Path:
    """Return a clone beside `source`, by way of a bare one if that is named."""
    if bare:
        call(source, "git", "branch", "-M", "main")  # whatever the machine calls it
        call(source, "git", "clone", "-q", "--bare", ".", bare)
        source = bare
    folder = source.with_name(name)
    call(source, "git", "clone", "-q", source, folder)
    return folder


def call(folder: Path, *command: str | Path, **environment: str) -> None:
    """Run a command with the folder's own code.

    Raises:
        UserError: if it fails, with the end of what it said.
    """
    env = os.environ | {"PYTHONPATH": str(folder / "src")} | environment
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=env, capture_output=True, text=True
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise UserError(f"{' '.join(map(str, command))} failed: {''.join(said)}")
