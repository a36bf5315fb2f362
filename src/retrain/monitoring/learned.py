"""What a model has learned from: its commit's features, test window and model, in a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dvc.exceptions import DvcException
from dvc.repo import Repo

from retrain.deployment import overview, serving
from retrain.deployment.overview import Registry
from retrain.errors import UserError
from retrain.gate.commit_code import code
from retrain.paths import MODEL, PREDICTIONS
from retrain.registry.versions import Version
from retrain.repo import dvc
from retrain.repo.git import git
from retrain.run import outputs
from retrain.run.outputs import Metrics

TRAIN = "features/train"  # of the pipeline: the rows that it learns from


@dataclass(frozen=True)
class Learned:
    name: str
    commit: str
    folder: Path
    metrics: Metrics

    @property
    def train(self) -> list[Path]:
        return sorted((self.folder / TRAIN).glob("[!.]*.parquet"))

    @property
    def test(self) -> Path:
        return self.folder / PREDICTIONS

    @property
    def model(self) -> Path:
        return self.folder / MODEL


@contextmanager
def of(name: str | None) -> Iterator[Learned]:
    """Yield what a version has learned from.

    `name`: None is the one on the last stage, else the newest one; without any, what is built here.
    """
    found = chosen(name)
    if found is None:
        yield _checked(
            Learned("the model built here", git("rev-parse", "HEAD"), Path(), _metrics())
        )
        return
    known, version = found
    serving.check_contract(version, known.policy.versions.major)
    with dvc.opened() as repo, code(repo, version.commit) as its:
        its.fetch_model()
        results(repo, its.folder)
        metrics = _metrics(version.commit)
        yield _checked(Learned(version.name, version.commit, its.folder, metrics))


def chosen(name: str | None) -> tuple[Registry, Version] | None:
    known, _ = overview.known()
    if name is not None:
        return known, known.version(name)
    if not known.versions.registered:
        return None
    deployed = known.assignments.on(known.policy.last_stage)
    return known, deployed.version if deployed else known.version()


def results(repo: Repo, folder: Path) -> None:
    """Bring what the lock in a folder names to that folder."""
    try:
        with Repo(str(folder), config=dvc.shared(repo)) as its:
            outs = [out for stage in dvc.pipeline(its) for out in stage.outs]
            dvc.fetch(its, outs)
            its.checkout([out.fs_path for out in outs if out.use_cache], force=True)
    except DvcException as error:
        raise UserError(
            f"what the model has learned from is not on the remote: {dvc.reason(error)}; push it "
            "from a clone that has it: dvc push"
        ) from None


def _metrics(commit: str | None = None) -> Metrics:
    if (found := outputs.metrics(commit)) is None:
        raise UserError("reports/metrics.json is missing; build it with: make train")
    return found


def _checked(found: Learned) -> Learned:
    if not found.train or not found.test.exists() or not found.model.exists():
        raise UserError(
            f"{TRAIN}, {PREDICTIONS} or {MODEL} is missing; build them with: make train"
        )
    return found
