"""A folder for one context, in which the pipeline is built from its rows alone.

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

from retrain.contexts import rows
from retrain.contexts import start as starts
from retrain.contexts.values import Context
from retrain.files import whole
from retrain.paths import DATA, STORE
from retrain.repo import dvc, line, snapshot, tokens
from retrain.repo.base import RESULTS
from retrain.repo.git import ask, call, git, named, show


@contextmanager
def opened(context: Context, start: str, source: str, shared: Repo) -> Iterator[Repo]:
    """Work in a context's folder, whose files are those of the commit `start`; yield its DVC.

    Its data are the context's rows of those of the commit `source`. What its last run has left
    stays there, so that this one does what has changed. `shared`: whose cache it uses.
    """
    folder = context.folder.absolute()
    with line.of(context.value):
        _worktree(folder, start)
        with chdir(folder), _importing(folder / "src"):
            _files(start)
            if named(source, STORE):  # it has the data of the source
                git("restore", f"--source={source}", "--worktree", "--overlay", "--", STORE)
            _configure(shared)
            with whole(Path(DATA)) as scratch:
                scratch.write_text(show(source, DATA) or "", "utf-8")
            _take_rows(context)
            with dvc.opened() as repo:
                yield repo


def make_here(context: Context) -> None:
    """Make this folder a context's: a job's, of which nothing lands."""
    starts.change_here(context)
    _take_rows(context)


def _take_rows(context: Context) -> None:
    with dvc.opened() as repo:
        rows.write(repo, context)
        repo.add(snapshot.version(repo)[0])


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
