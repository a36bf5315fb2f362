"""One execution of the pipeline: what must run, runs; what has not changed, does not."""

import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dvc.exceptions import ReproductionError
from dvc.repo import Repo
from dvc.stage.exceptions import StageCmdFailedError

from retrain.errors import REPORT, UserError
from retrain.files import md5, whole, write_json
from retrain.paths import DATA, LOCK, METRICS, MODEL
from retrain.repo import snapshot
from retrain.repo.base import adopt, restore_objects
from retrain.repo.credentials import hidden
from retrain.repo.dvc import hashes, pipeline, pull_results
from retrain.repo.git import show
from retrain.run.checks import check
from retrain.run.steps import Listener, Step, Told

RECORD = "retrain-run.json"  # in DVC's folder for scratch files: what ran, how long, what failed


@dataclass(frozen=True)
class Run:
    """What a run made, and what the newest commit says it should be."""

    steps: list[Step]
    metrics: dict[str, Any]
    committed_metrics: dict[str, Any] | None
    model: str  # the MD5 of its bytes
    committed_model: str | None


def run(
    repo: Repo,
    tell: Told,
    force: bool = False,
    base: str | None = None,
    rebuild: bool = False,
) -> Run:
    """Bring data, model and reports up to date with code, parameters and data.dvc.

    Everything is built where the model is absent: DVC alone would skip the stages whose reports
    came with the clone, and show figures that were not measured here.

    Args:
        repo: see `repository.opened`.
        tell: called with a line of text as each stage begins to run.
        force: run every stage, changed or not.
        base: start from the results of this commit, which a landing wrote, and not from those
            that are here; ask no run cache.
        rebuild: believe no result: run every stage, and ask no run cache.

    Raises:
        UserError: if a stage fails, which has said why, or its check does.
    """
    (Path(repo.tmp_dir) / RECORD).unlink(missing_ok=True)  # of the run before
    pipeline(repo)
    if base:
        restore_objects(base)
    if base or rebuild:
        snapshot.checkout(repo)
    elif snapshot.pull(repo):
        tell("data: fetched from the remote")
    if base:
        adopt(base)
        pull_results(repo, tell)
    check(repo)
    # a run cache may hold what others say that they built
    how = {
        "force": force or rebuild or not Path(MODEL).exists(),
        "run_cache": not (base or rebuild),
    }
    version, sources = Path(DATA).read_bytes(), _sources(repo)
    try:
        steps = reproduce(repo, tell, how)
        _still(sources)
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


def _sources(repo: Repo) -> dict[str, str | None]:
    """Return the hashes of the files that stages read.

    DVC hashes them after a stage: one could put another file there, and hide its own.
    """
    made = {str(out) for stage in repo.index.stages for out in stage.outs}
    read = {str(dep) for stage in repo.index.stages for dep in stage.deps} - made
    return {path: md5(path) for path in sorted({*read, "dvc.yaml"})}


def _still(sources: dict[str, str | None]) -> None:
    for path, before in sources.items():
        if md5(path) != before:
            raise UserError(f"{path} was changed while a stage ran; restore it and run it again")


def reproduce(repo: Repo, tell: Told, how: dict[str, bool]) -> list[Step]:
    """Run the stages that DVC finds changed, time each, and leave a record of it."""
    listener = Listener(tell, {stage.addressing: stage.desc for stage in repo.index.stages})
    logger = logging.getLogger("dvc.stage")
    logger.setLevel(logging.INFO)
    logger.propagate = False  # DVC's own handler writes to stdout, where --json goes
    logger.addHandler(listener)
    said, error = Path(repo.tmp_dir) / "retrain-error.txt", None
    said.unlink(missing_ok=True)
    os.environ[REPORT] = str(said)
    try:
        with hidden():
            repo.reproduce(**how)
    except ReproductionError as failure:
        if not isinstance(failure.__cause__, StageCmdFailedError):
            raise
        failed = listener.steps[-1].stage
        error = said.read_text("utf-8") if said.exists() else "it stopped; its log says why"
        error = f"stage {failed} failed: {error}"
    finally:
        del os.environ[REPORT]
        logger.removeHandler(listener)
        listener.close_step()
    steps = [asdict(step) for step in listener.steps]
    write_json(Path(repo.tmp_dir) / RECORD, {"steps": steps, "error": error})
    if error:
        raise UserError(f"stage {failed} failed, as shown above; nothing after it ran")
    return listener.steps


def model_of(commit: str) -> str | None:
    """Return the MD5 of the model in a commit's lock, or None where there is none."""
    lock = show(commit, LOCK)
    return hashes(lock).get(MODEL) if lock else None
