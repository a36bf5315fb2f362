"""The DVC repository of the working directory: opened, locked, its refusals said in sentences."""

import logging
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dvc.config import Config, ConfigError
from dvc.exceptions import DvcException
from dvc.output import Output
from dvc.repo import Repo
from dvc.scm import NoSCMError
from dvc.stage import PipelineStage
from dvc.ui import Console, ui
from filelock import FileLock, Timeout

from retrain import settings
from retrain.errors import UserError, from_os_error
from retrain.paths import DATA, LOCK, PARAMS, PIPELINE

log = logging.getLogger(__name__)


@contextmanager
def opened() -> Iterator[Repo]:
    """Yield the DVC repository of the working directory, held for this process alone."""
    # the stages run the Python that runs this, by a shell that every machine has
    folders = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    os.environ["PATH"] = os.pathsep.join(folders)
    os.environ["SHELL"] = "/bin/sh"
    # DVC's warnings name commands that retrain replaces; what goes wrong is said in a sentence
    logging.getLogger("dvc").setLevel(logging.ERROR)
    ui.progress = _passing
    settings.check(Path(PARAMS))
    for name in (PIPELINE, LOCK, DATA):
        settings.check(Path(name), settings.refuse_aliases)
    try:
        with Repo(config=verifying(None)) as repo, _alone(Path(repo.tmp_dir)):
            if Path(repo.root_dir) != Path.cwd():
                top = os.path.relpath(repo.root_dir)
                raise UserError(f"this is not the top folder of the repository; first: cd {top}")
            yield repo
    except (DvcException, NoSCMError) as error:
        raise _translated(error) from None


def _passing(*words: Any, **options: Any) -> Any:
    """Return a progress bar that ends with its work: DVC leaves many of its own on the screen."""
    return Console.progress(*words, **options | {"leave": False})


def verifying(folder: Path | None) -> dict[str, Any]:
    """Return the setting that makes DVC hash what it fetches into the repository of a folder.

    By itself it believes the names that a remote has given to the files of a versioned folder.
    """
    config = Config(Repo.find_dvc_dir(folder and str(folder)))
    return {"remote": {name: {"verify": True} for name in config["remote"]}}


def shared(repo: Repo) -> dict[str, Any]:
    """Return the settings that give another folder this one's cache and remotes."""
    own = {name: repo.config[name] for name in ("core", "remote")}
    return own | {"cache": {"dir": repo.cache.local_cache_dir}}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other run is at work in this folder; a killed one holds nothing."""
    lock = FileLock(folder / "retrain.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        log.info("another run is at work in this folder; waiting for it to end")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def pipeline(repo: Repo) -> list[PipelineStage]:
    """Return the stages of the pipeline, none of which may run in another folder.

    The paths of such a stage would be taken for those from the top.
    """
    stages = [stage for stage in repo.index.stages if isinstance(stage, PipelineStage)]
    for stage in stages:
        if stage.wdir != repo.root_dir:
            raise UserError(
                f"{stage.relpath}: stage {stage.name!r} runs in another folder; remove `wdir`, and "
                "write its paths from the top folder, in the dvc.yaml there"
            )
    return stages


def in_git(repo: Repo) -> list[str]:
    """Return the outputs of the stages that Git keeps, and DVC does not."""
    outs = (out for stage in repo.index.stages for out in stage.outs)
    return [str(out) for out in outs if not out.use_cache]


def fetch(repo: Repo, outs: Iterable[Output]) -> None:
    """Bring the outputs that the cache lacks; DVC asks its remote even where it lacks none."""
    if lacking := [out.fs_path for out in outs if out.use_cache and out.changed_cache()]:
        repo.fetch(targets=lacking)


def pull_results(repo: Repo) -> None:
    """Make the stages' outputs those of dvc.lock; what no remote has is left to be built."""
    stages = pipeline(repo)
    try:
        fetch(repo, (out for stage in stages for out in stage.outs))
        repo.checkout(targets=[stage.addressing for stage in stages], force=True)
        log.info("results: those of the base, fetched from the remote")
    except DvcException as error:
        log.info(f"results: the remote lacks some of the base's ({reason(error)}); they are built")


def reason(error: BaseException) -> str:
    """Return the first line of the deepest reason that DVC gives."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split()) or type(error).__name__


def _translated(error: BaseException) -> UserError:
    """Return the sentence for what DVC raised: the file that it names, and its deepest reason."""
    place = ""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and (known := from_os_error(cause, cause.filename or ".dvc")):
            return known
        place = place or getattr(cause, "path", "")
        if isinstance(cause, ConfigError):
            place = ".dvc/config"
        cause = cause.__cause__
    file = f"{os.path.relpath(place)}: " if place else ""
    return UserError(f"{file}DVC refuses: {reason(error)}; fix that and run the same command again")
