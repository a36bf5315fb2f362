"""One execution of the pipeline, by `dvc repro`: what changed is built, and nothing else.

`start` prepares the folder before it, `finish` reads its results: in a job of CI these are steps of
their own, and on a laptop `run` does all three.
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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dvc.exceptions import DvcException
from dvc.repo import Repo

from retrain.errors import REPORT, UserError
from retrain.files import md5, whole, write_json
from retrain.paths import DATA, ERROR, LOCK, METRICS, MODEL, PIPELINE, RECORD, STARTED
from retrain.repo import snapshot
from retrain.repo.base import Base, adopt, restore_objects
from retrain.repo.dvc import pipeline, pull_results
from retrain.repo.git import show
from retrain.repo.lockfile import hashes
from retrain.repo.tokens import hidden
from retrain.run import step_notes
from retrain.run.outputs import Step, model_of, read_text
from retrain.run.plan import in_order
from retrain.run.stage_checks import check

log = logging.getLogger(__name__)

# DVC's advice on what to do next: commands that retrain replaces
HINTS = re.compile(r"To (track|enable)|Use `dvc push`|\t(git add|dvc config)|$")


@dataclass(frozen=True)
class Run:
    """What a run made, and what the newest commit says it should be."""

    steps: list[Step]
    metrics: dict[str, Any]
    committed_metrics: dict[str, Any] | None
    model: str  # the MD5 of its bytes
    committed_model: str | None


def run(repo: Repo, force: bool = False, base: Base | None = None) -> Run:
    """Bring data, model and reports up to date with code, parameters and data.dvc.

    Everything is built where the model is absent: DVC alone would skip the stages whose reports
    came with the clone, and show figures of another run. `base`: see `start`.
    """
    start(repo, base)
    version = Path(DATA).read_bytes()
    options = ["--force"] if force or not Path(MODEL).exists() else []
    options += ["--no-run-cache"] if base else []  # it may hold what others claim that they built
    try:
        steps = finish(repo, reproduce(*options))
    except BaseException:
        # DVC versions new data before any stage has seen them: what failed is no version, and
        # `dvc checkout` must be able to bring back the one before
        with whole(Path(DATA)) as scratch:
            scratch.write_bytes(version)
        _bring_back(repo)
        raise
    metrics = show("HEAD", METRICS)
    return Run(
        steps=steps,
        metrics=json.loads(Path(METRICS).read_text("utf-8")),
        committed_metrics=json.loads(metrics) if metrics else None,
        model=hashes(Path(LOCK).read_text("utf-8"))[MODEL],
        committed_model=model_of("HEAD"),
    )


def start(repo: Repo, base: Base | None = None) -> None:
    """Prepare this folder, so that a plain `dvc repro` builds what it must.

    `base`: start from the results of its commit, which a landing wrote; if it has no commit, run
    every stage. None: start from the results that are in this folder.
    """
    step_notes.discard()
    pipeline(repo)
    commit = base.commit if base else None
    if commit:
        restore_objects(commit)
    if base:
        snapshot.checkout(repo)
    elif snapshot.pull(repo):
        log.info("data: fetched from the remote")
    if commit:
        adopt(commit)
        pull_results(repo)
    check(repo)
    if base and not (commit and Path(MODEL).exists()):
        Path(LOCK).unlink(missing_ok=True)
    write_json(Path(STARTED), {"at": time.time(), "sources": _sources(repo)})


def _bring_back(repo: Repo) -> None:
    """Restore the outputs that DVC removed before a stage that failed: `predict` needs a model."""
    gone = [out.fs_path for stage in pipeline(repo) for out in stage.outs if not out.exists]
    if gone:
        with suppress(DvcException):  # no run before has made them
            repo.checkout(gone, allow_missing=True)


def reproduce(*options: str) -> int:
    """Run `dvc repro`, and return its exit code."""
    with hidden():
        environment = os.environ | {REPORT: str(Path(ERROR).resolve())}
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "dvc", "repro", *options],
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
    """Let Linux end `dvc repro` with this process: no build goes on after a run was killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def finish(repo: Repo, code: int = 0) -> list[Step]:
    """Return what each stage did since `start`, and record it; raise if one failed.

    `code`: the exit code of `dvc repro`, where it is known.
    """
    begun = json.loads(Path(STARTED).read_text("utf-8"))
    for path, before in begun["sources"].items():
        if md5(path) != before:
            raise UserError(f"{path} was changed while a stage ran; restore it and run it again")
    stale = {name for name, why in repo.status().items() if why != ["always changed"]}
    outs = {str(stage.addressing): stage.outs for stage in in_order(repo)}
    failed = next((name for name in outs if name in stale), None)
    error = (
        failed and f"stage {failed} failed: {read_text(ERROR) or 'it stopped; its log says why'}"
    )
    known = {name: outs[name] for name in outs if name not in stale or name == failed}
    steps = _steps(known, begun["at"], failed)
    write_json(Path(RECORD), {"steps": [step.model_dump() for step in steps], "error": error})
    if failed:
        raise UserError(f"stage {failed} failed, as shown above; nothing after it ran")
    Path(ERROR).unlink(missing_ok=True)  # an error that a stage has dealt with
    if code:
        raise UserError("dvc repro failed, as shown above; fix that and run it again")
    return steps


def _steps(outs: dict[str, list[Any]], since: float, failed: str | None) -> list[Step]:
    """Return what stages did, by their outputs: one that ran ended when it wrote its last one.

    `since`: when the first stage began, in seconds since the epoch, as the times of files are.
    """
    ended = {name: max((_written(out.fs_path) for out in outs[name]), default=0.0) for name in outs}
    if failed:
        ended[failed] = max(since, ended[failed], _written(ERROR))
    seconds, begun = {}, since
    for end, name in sorted((end, name) for name, end in ended.items() if end >= since):
        seconds[name], begun = end - begun, end
    return [
        Step(
            stage=name,
            state="ran" if name in seconds else "up to date",
            seconds=round(seconds.get(name, 0), 1),
        )
        for name in ended
    ]


def _written(path: str) -> float:
    """Return when a file, or anything in a folder, was last written; 0 if it does not exist."""
    found = (Path(path), *Path(path).rglob("*"))
    return max((each.stat().st_mtime for each in found if each.exists()), default=0)


def _sources(repo: Repo) -> dict[str, str | None]:
    """Return the hashes of the files that stages read.

    DVC hashes them after a stage: one could put another file there, and hide its own.
    """
    made = {str(out) for stage in repo.index.stages for out in stage.outs}
    read = {str(dep) for stage in repo.index.stages for dep in stage.deps} - made
    return {path: md5(path) for path in sorted({*read, PIPELINE})}
