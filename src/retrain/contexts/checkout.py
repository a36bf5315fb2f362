"""A folder for one context, in which the pipeline is built from its rows alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dvc.repo import Repo

from retrain.contexts import rows
from retrain.contexts import start as starts
from retrain.contexts.values import Context
from retrain.files import whole
from retrain.paths import DATA, STORE
from retrain.repo import beside, dvc, line, snapshot
from retrain.repo.git import git, named, show


@contextmanager
def opened(context: Context, start: str, source: str, shared: Repo) -> Iterator[Repo]:
    """Work in a context's folder, whose files are those of the commit `start`; yield its DVC.

    Its data are the context's rows of those of the commit `source`. What its last run has left
    stays there, so that this one does what has changed. `shared`: whose cache it uses.
    """
    with line.of(context.value), beside.working_in(context.folder, start, shared):
        if named(source, STORE):  # it has the data of the source
            git("restore", f"--source={source}", "--worktree", "--overlay", "--", STORE)
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
