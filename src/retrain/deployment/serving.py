"""Predictions by what is deployed, whatever is checked out: a version's model, with the code here.

The code here makes the features. So a version is used only where the files that decide what a model
is given (policy.yaml: versions.major) are the ones that it has learned with. Its params.yaml comes
with it, and says which types its file may hold. The packages are those that are installed here:
what was fetched once needs no network.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from retrain import programs
from retrain.data.inputs import FORMATS
from retrain.deployment import overview, scored
from retrain.deployment.checks import check_bytes
from retrain.deployment.overview import Registry
from retrain.deployment.scored import Made, Said, Used
from retrain.errors import REPORT, UserError
from retrain.files import sha256
from retrain.gate.commit_code import ENVIRONMENT, code
from retrain.paths import MODEL
from retrain.registry.versions import Version
from retrain.repo import dvc
from retrain.repo.git import ask, differing, named, short, show
from retrain.run import pipeline_modules
from retrain.run.outputs import read_text
from retrain.run.requirements import pins

log = logging.getLogger(__name__)

NO_SHADOW = "predict: no shadow of {}, and its columns are empty: {}"


@dataclass(frozen=True)
class Asked:
    """Which model scores, the file `model` unless a stage or a version is named; and what else."""

    stage: str | None = None
    version: str | None = None
    model: Path = Path(MODEL)
    shadow: str | None = None  # the stage whose version scores beside it
    log: Path | None = None  # the folder that keeps what was seen and said


@dataclass(frozen=True)
class Done:
    target: Path
    rows: int
    said: Said
    log: Path | None  # the file that was added


@dataclass(frozen=True)
class _Scorer:
    used: Used
    model: Path
    folder: Path | None  # where its params.yaml is; None: here


def predict(source: Path, target: Path, asked: Asked) -> Done:
    """Score the rows of `source` into `target`, both Parquet or CSV.

    A shadow does not harm what it stands beside: where it cannot score, its columns are empty, and
    the log says why.

    Raises:
        UserError: if the rows, the model or the version are refused; then nothing is written.
    """
    target = target / source.name if target.is_dir() else target
    _check_paths(source, target, asked.log)
    known = _known(asked)
    if known and asked.shadow is not None:
        known.check_stage(asked.shadow)
    now = datetime.now(UTC)
    with TemporaryDirectory(prefix="retrain-") as scratch:
        made = Made(Path(scratch))
        with _first(known, asked) as first:
            _score(first, source, made.first)
        if asked.log:
            _run("given", source, made.given)
        shadow = _shadow(known, asked.shadow, source, made.shadow) if known else None
        said = Said(now, first.used, shadow, bool(asked.shadow))
        rows, added = scored.write(made, said, target, asked.log)
    return Done(target, rows, said, added)


def _check_paths(source: Path, target: Path, log: Path | None) -> None:
    if log and log.exists() and not log.is_dir():
        raise UserError(f"{log}: not a folder; name another one for --log")
    for path in (source, target):
        if path.suffix not in FORMATS:
            raise UserError(f"{path}: its name ends in neither .parquet nor .csv; rename it")
    if not source.is_file():
        raise UserError(f"{source}: no such file; check the path")
    if target.exists() and target.samefile(source):
        raise UserError(f"{target}: this is the input; name another file for the scores")


def _known(asked: Asked) -> Registry | None:
    if asked.stage is None and asked.version is None and asked.shadow is None:
        return None
    try:
        return _registry()
    except UserError as error:
        if asked.stage is not None or asked.version is not None:
            raise
        log.warning(NO_SHADOW.format(asked.shadow, error))
        return None


def _registry() -> Registry:
    known, notes = overview.known()
    for note in notes:
        log.info(f"predict: {note}")
    return known


def _first(known: Registry | None, asked: Asked) -> AbstractContextManager[_Scorer]:
    if known and asked.stage is not None:
        return _version(known, known.deployed(asked.stage).version, asked.stage)
    if known and asked.version is not None:
        return _version(known, known.version(asked.version))
    if not asked.model.is_file():
        raise UserError(f"{asked.model} is missing; build it with `make train`")
    used = Used(str(asked.model), sha256(asked.model))
    return nullcontext(_Scorer(used, asked.model, None))


def _shadow(known: Registry, stage: str | None, source: Path, target: Path) -> Used | None:
    """Score with what a stage has; None, and a line in the log, where that cannot be done."""
    if stage is None:
        return None
    try:
        with _version(known, known.deployed(stage).version, stage) as found:
            _score(found, source, target)
            return found.used
    except UserError as error:
        log.warning(NO_SHADOW.format(stage, error))
        return None


@contextmanager
def _version(known: Registry, version: Version, stage: str | None = None) -> Iterator[_Scorer]:
    """Yield the model of a version, of the bytes that were registered; see `check_contract`."""
    check_contract(version, known.policy.versions.major)
    _note_packages(version)
    with ExitStack() as stack:
        with dvc.opened() as repo:  # not while it scores: others may wait for this folder
            found = stack.enter_context(code(repo, version.commit))
            found.fetch_model()
        model = found.folder / MODEL
        check_bytes(known, version, strong := sha256(model))
        used = Used(version.name, strong, version.commit, stage)
        yield _Scorer(used, model, found.folder)


def check_contract(version: Version, files: Sequence[str]) -> None:
    """Raise unless the files here that decide what a model is given are those of a version."""
    changed = differing(version.commit, paths=tuple(files)) if files else []
    if changed:
        path = changed[0]
        there, here = named(version.commit, path), ask("hash-object", "--", path)
        raise UserError(
            f"{version.name} has learned with another {path} than the one here "
            f"({short(there or 'none')} there, {short(here or 'none')} here), and would be given "
            f"other features; check its code out: git checkout {version.tag}, or deploy a version "
            "of this code"
        )


def _note_packages(version: Version) -> None:
    there, here = pins(show(version.commit, ENVIRONMENT)), pins(read_text(ENVIRONMENT))
    names = [name for name in {**there, **here} if there.get(name) != here.get(name)]
    if names:
        few = ", ".join(f"{name} {there.get(name, 'none')}" for name in names[:3])
        more = f" and {len(names) - 3} others" if names[3:] else ""
        log.info(f"predict: {version.name} was built with other packages, {few}{more}")


def _score(scorer: _Scorer, source: Path, target: Path) -> None:
    """Run the code here where a model's parameters are."""
    try:
        _run("predict", source, target, "--model", scorer.model, folder=scorer.folder)
    except UserError as error:
        text = str(error)
        if scorer.folder is None or str(source) in text:
            raise
        # it is about a file of the version
        text = text.replace(f"{scorer.folder}/", "")
        raise UserError(f"{scorer.used.name}: {text}") from None


def _run(module: str, source: Path, *words: str | Path, folder: Path | None = None) -> None:
    """Run a module of the code here on some rows; what it refuses is a UserError."""
    code_here = [str(Path("src").absolute()), *filter(None, [os.environ.get("PYTHONPATH")])]
    with TemporaryDirectory(prefix="retrain-") as scratch:
        said = Path(scratch) / "error.txt"
        done = programs.run(
            pipeline_modules.command(module, source.absolute(), *words),
            cwd=folder,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(code_here), REPORT: str(said)},
        )
        if done.returncode == 0:
            return
        if said.exists():
            raise UserError(said.read_text("utf-8").replace(str(source.absolute()), str(source)))
    last = programs.lines(done.stderr)[-1].removeprefix("error: ")
    raise UserError(f"{source}: the code here cannot score it: {last}")
