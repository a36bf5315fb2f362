"""One execution of the pipeline: what must run, runs; what has not changed, does not."""

import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from dvc.exceptions import ReproductionError
from dvc.repo import Repo
from dvc.stage.exceptions import StageCmdFailedError

from retrain.ci.repository import DATA, LOCK, committed, hashes, pull_data
from retrain.errors import UserError
from retrain.files import whole

MODEL = "models/model.skops"
METRICS = "reports/metrics.json"

Told = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """What became of one pipeline stage."""

    stage: str
    state: str  # "ran", "restored" (from DVC's run cache) or "up to date"
    seconds: float


@dataclass(frozen=True)
class Run:
    """What a run made, and what the newest commit says it should be."""

    steps: list[Step]
    metrics: dict[str, Any]
    committed_metrics: dict[str, Any] | None
    model: str  # the MD5 of its bytes
    committed_model: str | None


def run(repo: Repo, force: bool, tell: Told) -> Run:
    """Bring data, model and reports up to date with code, parameters and data.dvc.

    Everything is built where the model is absent: DVC alone would skip the stages whose reports
    came with the clone, and show figures that nobody has measured here.

    Args:
        repo: see `repository.opened`.
        force: run every stage, changed or not.
        tell: called with a line of text as each stage begins to run.

    Raises:
        UserError: if a stage fails, which has said why.
    """
    if pull_data(repo):
        tell("data: fetched from the remote")
    version = Path(DATA).read_bytes()
    try:
        steps = reproduce(repo, force or not Path(MODEL).exists(), tell)
    except BaseException:
        # DVC versions new data before any stage has seen them: what failed is no version, and
        # `dvc checkout` must be able to bring back the one before
        with whole(Path(DATA)) as scratch:
            scratch.write_bytes(version)
        raise
    metrics, lock = committed(METRICS), committed(LOCK)
    return Run(
        steps=steps,
        metrics=json.loads(Path(METRICS).read_text("utf-8")),
        committed_metrics=json.loads(metrics) if metrics else None,
        model=hashes(Path(LOCK).read_text("utf-8"))[MODEL],
        committed_model=hashes(lock).get(MODEL) if lock else None,
    )


def reproduce(repo: Repo, force: bool, tell: Told) -> list[Step]:
    """Run the stages that DVC finds changed, and time each."""
    listener = Listener(tell, {stage.addressing: stage.desc for stage in repo.index.stages})
    logger = logging.getLogger("dvc.stage")
    logger.setLevel(logging.INFO)
    logger.propagate = False  # DVC's own handler writes to stdout, where --json goes
    logger.addHandler(listener)
    try:
        repo.reproduce(force=force)
    except ReproductionError as error:
        if isinstance(error.__cause__, StageCmdFailedError):
            failed = listener.steps[-1].stage
            raise UserError(f"stage {failed} failed, as said above; nothing after it ran") from None
        raise
    finally:
        logger.removeHandler(listener)
    listener.close_step()
    return listener.steps


class Listener(logging.Handler):
    """Turns what DVC logs into steps: there alone it tells what becomes of a stage, and when."""

    SAID = re.compile(r"(Running stage|Stage) '([^']+)'(:| didn't change| is cached)")
    STATES: ClassVar = {":": "ran", " didn't change": "up to date", " is cached": "restored"}

    def __init__(self, tell: Told, descriptions: dict[str, str]) -> None:
        """Tell each description as its stage begins to run."""
        super().__init__(logging.INFO)
        self.tell = tell
        self.descriptions = descriptions
        self.steps: list[Step] = []
        self.since = time.perf_counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Begin a step where the message is about one."""
        said = self.SAID.match(record.getMessage())
        if not said or said[2].endswith(".dvc"):
            return
        self.close_step()
        self.steps.append(Step(said[2], self.STATES[said[3]], 0))
        if self.steps[-1].state == "ran":
            self.tell(f"{said[2]}: {self.descriptions[said[2]]}")

    def close_step(self) -> None:
        """End the newest step: its seconds are those until the next begins."""
        now = time.perf_counter()
        if self.steps:
            self.steps[-1] = replace(self.steps[-1], seconds=round(now - self.since, 1))
        self.since = now
