"""A folder beside this one, with a commit's files, in which its pipeline is built by itself.

It is a worktree of this repository's Git, below DVC's folder for scratch files, and shares DVC's
cache. This folder's own lock, data, model and reports are not touched.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

from dvc.config import Config
from dvc.repo import Repo

from retrain.repo import tokens
from retrain.repo.base import RESULTS
from retrain.repo.git import ask, call, git


@contextmanager
def working_in(folder: Path, commit: str, shared: Repo) -> Iterator[None]:
    """Work in a folder whose files are those of a commit; `shared`: whose cache it uses.

    The results of the last run in it stay, so that this one does what has changed.
    """
    folder = folder.absolute()
    _worktree(folder, commit)
    with chdir(folder), _importing(folder / "src"):
        _files(commit)
        _configure(shared)
        yield


def _worktree(folder: Path, commit: str) -> None:
    """Make a folder a worktree, unless it is one; a run may have been killed while it did."""
    if folder.is_dir() and ask("-C", str(folder), "rev-parse", "--show-toplevel") == str(folder):
        return
    shutil.rmtree(folder, ignore_errors=True)
    call("worktree", "prune")
    git("worktree", "add", "--quiet", "--force", "--no-checkout", "--detach", str(folder), commit)


def _files(commit: str) -> None:
    """Make the files of this folder a commit's, but for what a run has left."""
    quiet = tokens.configured({"core.hooksPath": os.devnull})
    git("reset", "--quiet", commit)
    kept = [f":(exclude){path}" for path in RESULTS]
    git("checkout", "--quiet", "--force", commit, "--", ".", *kept, env=quiet)
    git("clean", "-d", "--force", "--quiet", *(f"--exclude=/{path}" for path in RESULTS))


def _configure(shared: Repo) -> None:
    """Give this folder the cache of another one, and the settings that no commit holds."""
    local = shared.config.load_one("local")
    with Config(str(Path(".dvc").absolute())).edit("local") as config:
        config.clear()
        config.update(local)
        config.setdefault("cache", {})["dir"] = shared.cache.local_cache_dir


@contextmanager
def _importing(folder: Path) -> Iterator[None]:
    """Let the stages import the code of a folder, and not that which is installed."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), before]))
    try:
        yield
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before
