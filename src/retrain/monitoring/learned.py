"""What a model has learned from: its commit's features, test window and model, in a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dvc.exceptions import DvcException
from dvc.repo import Repo

from retrain.data import windows
from retrain.deployment import overview
from retrain.errors import UserError
from retrain.gate.commit_code import Code, code
from retrain.monitoring.shapes import Days, days
from retrain.paths import MODEL, PREDICTIONS, TRAIN
from retrain.registry.versions import Version
from retrain.repo import dvc
from retrain.repo.git import git
from retrain.run import outputs
from retrain.run.outputs import Metrics


@dataclass(frozen=True)
class Learned:
    name: str
    commit: str
    code: Code
    metrics: Metrics

    @property
    def train(self) -> list[Path]:
        return sorted((self.code.folder / TRAIN).glob("[!.]*.parquet"))

    @property
    def test(self) -> Path:
        return self.code.folder / PREDICTIONS

    @property
    def newest(self) -> str | None:
        """Return the newest partition of a test window by time; None: a hash decides."""
        window = windows.read(self.metrics.window.test)
        return window.last if isinstance(window, windows.Period) else None

    @property
    def days(self) -> Days | None:
        """Return from when to when it knows the world: it has been judged on the newest days."""
        return days([*(path.stem for path in self.train), *filter(None, [self.newest])])


@contextmanager
def of(name: str | None) -> Iterator[Learned]:
    """Yield what a version has learned from.

    `name`: None is the one on the last stage, else the newest one; without any, what is built here.
    """
    version = chosen(name)
    named = version.name if version else "the model built here"
    with dvc.opened() as repo, by(repo, version.commit if version else None, named) as found:
        yield found


@contextmanager
def by(repo: Repo, commit: str | None, named: str) -> Iterator[Learned]:
    """Yield what the model in a commit's lock has learned from; None: the one in this folder."""
    with code(repo, commit) as its:
        if commit:
            its.fetch_model()
            results(repo, its.folder)
        found = Learned(named, commit or git("rev-parse", "HEAD"), its, _metrics(commit))
        if not found.train or not found.test.exists() or not (its.folder / MODEL).exists():
            raise UserError(
                f"{TRAIN}, {PREDICTIONS} or {MODEL} is missing; build them with: make train"
            )
        yield found


def chosen(name: str | None) -> Version | None:
    known, _ = overview.known()
    if name is not None or not known.versions.registered:
        return known.version(name) if name is not None else None
    deployed = known.assignments.on(known.policy.last_stage)
    return deployed.version if deployed else known.version()


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
