"""The DVC repository of the working directory: opened, locked, its refusals said in sentences."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dvc.config import Config, ConfigError
from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.scm import NoSCMError
from dvc.stage import PipelineStage
from filelock import FileLock, Timeout

from retrain.errors import UserError, from_os_error
from retrain.settings import read_yaml

DATA = "data.dvc"
LOCK = "dvc.lock"


@contextmanager
def opened() -> Iterator[Repo]:
    """Yield the DVC repository of the working directory, held for this process alone.

    Raises:
        UserError: for whatever DVC refuses, with its reason.
    """
    # the stages run the Python that runs this, by a shell that every machine has
    os.environ["PATH"] = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    )
    os.environ["SHELL"] = "/bin/sh"
    # DVC's warnings name commands that retrain replaces; what goes wrong is said in a sentence
    logging.getLogger("dvc").setLevel(logging.ERROR)
    try:
        with Repo(config=verifying(None)) as repo, _alone(Path(repo.tmp_dir)):
            if Path(repo.root_dir) != Path.cwd():
                top = os.path.relpath(repo.root_dir)
                raise UserError(f"this is not the top folder of the repository; first: cd {top}")
            yield repo
    except (DvcException, NoSCMError) as error:
        raise _translated(error) from None


def verifying(folder: Path | None) -> dict[str, Any]:
    """Return the setting that makes DVC hash what it fetches into the repository of a folder.

    By itself it believes the names that a remote has given to the files of a versioned folder.
    """
    config = Config(Repo.find_dvc_dir(folder and str(folder)))
    return {"remote": {name: {"verify": True} for name in config["remote"]}}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other run is at work in this folder; a killed one holds nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "retrain.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(
            "another run is at work in this folder; waiting for it to end",
            file=sys.stderr,
            flush=True,
        )
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def pull_data(repo: Repo) -> bool:
    """Fetch what data.dvc names and the folder has not; return whether there was anything to do."""
    out = repo.stage.load_one(DATA).outs[0]
    # names and not hashes: this happens at each start, and changed files are for DVC to see
    here = {path.name for path in Path(out.fs_path).glob("*")}
    listing = out.get_obj()  # None where its list of files has not been fetched yet
    if here and listing and {key[-1] for key, *_ in listing} <= here:
        return False
    checkout_data(repo)
    return True


def checkout_data(repo: Repo) -> None:
    """Make the folder what data.dvc names; what has been versioned may go, anything else may not.

    Raises:
        UserError: if the folder holds data of no version, or the remote lacks those of this one.
    """
    try:
        repo.pull(targets=[DATA])
    except DvcException as error:
        if "unsaved" in str(error):
            raise UserError(
                f"the data here are not those that {DATA} names; first: dvc add data, or, to lose "
                f"them: dvc checkout --force {DATA}"
            ) from None
        remote = repo.config["core"].get("remote") or "none is set"
        raise UserError(
            f"{DATA}: the data are not here, and the remote ({remote}) did not give them, or gave "
            f"others than their hashes say: {_reason(error)}; look at .dvc/config and at "
            "`dvc remote list`"
        ) from None


def pull_results(repo: Repo, tell: Callable[[str], None]) -> None:
    """Make the stages' outputs those of dvc.lock; what no remote has is left to be built."""
    stages = [stage.addressing for stage in repo.index.stages if isinstance(stage, PipelineStage)]
    try:
        repo.pull(targets=stages, force=True)
        tell("results: those of the base, fetched from the remote")
    except DvcException as error:
        tell(f"results: the remote lacks some of the base's ({_reason(error)}); they are built")


def hashes(lock: str) -> dict[str, str]:
    """Return the hash of every output in a dvc.lock's text, by path."""
    stages = read_yaml(lock)["stages"]
    return {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", [])}


def _reason(error: BaseException) -> str:
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
    return UserError(
        f"{file}DVC refuses: {_reason(error)}; mend that and run the same command again"
    )
