"""A folder for one context, in which the pipeline is built from its rows alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dvc.repo import Repo

from retrain.contexts import rows
from retrain.contexts.values import Context
from retrain.files import whole
from retrain.paths import DATA
from retrain.repo import beside, dvc, line, snapshot
from retrain.repo.git import show


@contextmanager
def opened(context: Context, start: str, source: str, shared: Repo) -> Iterator[Repo]:
    """Work in a context's folder, whose files are those of the commit `start`; yield its DVC.

    Its data are the context's rows of those of the commit `source`. What its last run has left
    stays there, so that this one does what has changed. `shared`: whose cache it uses.
    """
    with line.of(context.value), beside.working_in(context.folder, start, shared):
        with whole(Path(DATA)) as scratch:
            scratch.write_text(show(source, DATA) or "", "utf-8")
        with dvc.opened() as repo:
            rows.write(repo, context)
            repo.add(snapshot.version(repo)[0])
        with dvc.opened() as repo:
            yield repo
