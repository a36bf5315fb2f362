"""One execution of the pipeline, by `dvc repro`: what changed is built, and nothing else.

`start` prepares the folder before it, `finish` reads what it left: in a job of CI these are steps
of their own, and on a laptop `run` does all three.
"""

import ctypes
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dvc.repo import Repo

from retrain.errors import REPORT, UserError
from retrain.files import md5, whole, write_json
from retrain.paths import DATA, ERROR, LOCK, METRICS, MODEL, RECORD, STARTED
from retrain.repo import snapshot
from retrain.repo.base import adopt, restore_objects
from retrain.repo.credentials import hidden
from retrain.repo.dvc import pipeline, pull_results
from retrain.repo.git import show
from retrain.repo.locks import hashes
from retrain.run.checks import check
from retrain.run.outputs import Step
from retrain.run.plan import in_order

log = logging.getLogger(__name__)

REPRO = (sys.executable, "-m", "dvc", "repro")
# how DVC would go on: with commands that retrain replaces
HINTS = re.compile(r"To (track|enable)|Use `dvc push`|\t(git add|dvc config)|$")


@dataclass(frozen=True)
class Run:
    """What a run made, and what the newest commit says it should be."""

    steps: list[Step]
    metrics: dict[str, Any]
    committed_metrics: dict[str, Any] | None
    model: str  # the MD5 of its bytes
    committed_model: str | None


def run(repo: Repo, force: bool = False, base: str | None = None, rebuild: bool = False) -> Run:
    """Bring data, model and reports up to date with code, parameters and data.dvc.

    Everything is built where the model is absent: DVC alone would skip the stages whose reports
    came with the clone, and show figures that were not measured here.

    Args:
        repo: see `dvc.opened`.
        force: run every stage, changed or not.
        base: see `start`; the run cache is not asked then.
        rebuild: see `start`.

    Raises:
        UserError: if a stage fails, which has said why, or its check does.
    """
    start(repo, base, rebuild)
    version = Path(DATA).read_bytes()
    everything = ["--force"] if force or not Path(MODEL).exists() else []
    # a run cache may hold what others say that they built
    uncached = ["--no-run-cache"] if base or rebuild else []
    try:
        steps = finish(repo, _reproduce(*everything, *uncached))
    except BaseException:
        # DVC versions new data before any stage has seen them: what failed is no version, and
        # `dvc checkout` must be able to bring back the one before
        with whole(Path(DATA)) as scratch:
            scratch.write_bytes(version)
        raise
    metrics, lock = show("HEAD", METRICS), show("HEAD", LOCK)
    return Run(
        steps=steps,
        metrics=json.loads(Path(METRICS).read_text("utf-8")),
        committed_metrics=json.loads(metrics) if metrics else None,
        model=hashes(Path(LOCK).read_text("utf-8"))[MODEL],
        committed_model=hashes(lock).get(MODEL) if lock else None,
    )


def start(repo: Repo, base: str | None = None, rebuild: bool = False) -> None:
    """Prepare this folder, so that a plain `dvc repro` builds what it must.

    Args:
        repo: see `dvc.opened`.
        base: begin with the results of this commit, which a landing wrote, and not with those
            that are here.
        rebuild: believe no result: every stage will run.

    Raises:
        UserError: if the data are not here and cannot be fetched, or a stage's check fails.
    """
    discard()
    pipeline(repo)
    if base:
        restore_objects(base)
    if base or rebuild:
        snapshot.checkout(repo)
    elif snapshot.pull(repo):
        log.info("data: fetched from the remote")
    if base:
        adopt(base)
        pull_results(repo)
    check(repo)
    if rebuild or (base and not Path(MODEL).exists()):
        Path(LOCK).unlink(missing_ok=True)
    write_json(Path(STARTED), {"at": time.time(), "sources": _sources(repo)})


def discard() -> None:
    """Remove what the run before has left to be read."""
    for path in (STARTED, RECORD, ERROR):
        Path(path).unlink(missing_ok=True)


def _reproduce(*options: str) -> int:
    """Run `dvc repro`, and return its exit code."""
    with hidden():
        environment = os.environ | {REPORT: str(Path(ERROR).resolve())}
    with subprocess.Popen(  # noqa: S603
        [*REPRO, *options],
        env=environment,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        preexec_fn=_end_with_this,
    ) as process:
        try:
            for line in process.stdout or ():
                if not HINTS.match(line):
                    print(line, end="", file=sys.stderr, flush=True)  # stdout is for --json
        except BaseException:
            process.terminate()
            process.wait()
            raise
    return process.returncode


def _end_with_this() -> None:
    """Let Linux end `dvc repro` with this process: a killed run leaves none that goes on."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def finish(repo: Repo, code: int = 0) -> list[Step]:
    """Return what became of each stage since `start`, and leave a record of it.

    `code`: that `dvc repro` has returned, where that is known.

    Raises:
        UserError: if one has failed, or has changed a file that stages read.
    """
    begun = json.loads(Path(STARTED).read_text("utf-8"))
    for path, before in begun["sources"].items():
        if md5(path) != before:
            raise UserError(f"{path} was changed while a stage ran; restore it and run it again")
    stages = in_order(repo)
    stale = {name for name, why in repo.status().items() if why != ["always changed"]}
    failed = next((_name(stage) for stage in stages if _name(stage) in stale), None)
    error = failed and f"stage {failed} failed: {_said()}"
    went = [stage for stage in stages if _name(stage) not in stale or _name(stage) == failed]
    steps = _steps(went, begun["at"], failed)
    write_json(Path(RECORD), {"steps": [step.model_dump() for step in steps], "error": error})
    if failed:
        raise UserError(f"stage {failed} failed, as shown above; nothing after it ran")
    Path(ERROR).unlink(missing_ok=True)  # a refusal that a stage has dealt with
    if code:
        raise UserError("dvc repro failed, as shown above; fix that and run it again")
    return steps


def _said() -> str:
    said = Path(ERROR)
    return said.read_text("utf-8") if said.exists() else "it stopped; its log says why"


def _steps(stages: list[Any], since: float, failed: str | None) -> list[Step]:
    """Return what became of stages: one that ran has ended when it wrote its outputs, or why not.

    `since`: when the first began, in seconds since the epoch, as the times of files are.
    """
    ended = {_name(stage): max(map(_written, _outs(stage)), default=0) for stage in stages}
    if failed:
        ended[failed] = max(since, ended[failed], _written(ERROR))
    ran = sorted((end, name) for name, end in ended.items() if end >= since)
    begun = [since, *(end for end, _ in ran)]
    seconds = {name: end - begin for (end, name), begin in zip(ran, begun, strict=False)}
    return [
        Step(
            stage=name,
            state="ran" if name in seconds else "up to date",
            seconds=round(seconds.get(name, 0), 1),
        )
        for name in ended
    ]


def _name(stage: Any) -> str:
    return str(stage.addressing)


def _outs(stage: Any) -> list[str]:
    return [out.fs_path for out in stage.outs]


def _written(path: str) -> float:
    """Return when a file, or anything in a folder, was last written; 0: it is not there."""
    found = (Path(path), *Path(path).rglob("*"))
    return max((each.stat().st_mtime for each in found if each.exists()), default=0)


def _sources(repo: Repo) -> dict[str, str | None]:
    """Return the hashes of the files that stages read.

    DVC hashes them after a stage: one could put another file there, and hide its own.
    """
    made = {str(out) for stage in repo.index.stages for out in stage.outs}
    read = {str(dep) for stage in repo.index.stages for dep in stage.deps} - made
    return {path: md5(path) for path in sorted({*read, "dvc.yaml"})}


def model_of(commit: str) -> str | None:
    """Return the MD5 of the model in a commit's lock, or None where there is none."""
    lock = show(commit, LOCK)
    return hashes(lock).get(MODEL) if lock else None
