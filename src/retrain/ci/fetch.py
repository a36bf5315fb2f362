"""What a job fetches while it has a token, before code of the model's runs where there is none."""

import logging
import subprocess
import sys
from contextlib import suppress

from dvc.exceptions import DvcException
from dvc.repo import Repo

from retrain.ci import standing
from retrain.ci.checkout import check_out, compared_with
from retrain.ci.event import Event
from retrain.errors import UserError
from retrain.gate import commit_code
from retrain.landing import believed, candidate
from retrain.registry import versions
from retrain.repo import dvc, line, remote, snapshot
from retrain.repo.git import worktree
from retrain.run.problem import artifact

SOURCE = ("dvc", "ingest")  # groups
log = logging.getLogger(__name__)


def for_plan(event: Event) -> None:
    """Bring here what a plan reads: of the data their list alone, where it looks for new ones."""
    tip = check_out(event)
    _set_up_source(event)
    if event.new_data:
        with dvc.opened() as repo:
            snapshot.partitions(repo)
    standing.fetch(event, tip)


def for_run(event: Event) -> None:
    """Bring here what the event's run and its judgement read: commits, data, results, a model.

    What a DVC remote does not give is left to the run, which says so in its report.
    """
    tip = check_out(event)
    _set_up_source(event)
    with dvc.opened() as repo:
        log.info("fetch: what the run reads, before the token is out of reach")
        base = believed.newest_landing(tip) if event.lands else compared_with(event)
        with line.of(event.context):
            known = versions.read(artifact(), remote.remembered() if event.context else tip)
        champion = versions.champion(known.registered)
        with suppress(UserError, DvcException):
            snapshot.fetch(repo)
        if base.commit:
            with suppress(UserError, DvcException):
                results(repo, base.commit)
        if champion:
            with suppress(UserError, DvcException), commit_code.code(repo, champion.commit) as code:
                code.fetch_model()
        if event.lands:
            candidate.note_stored(repo, base.commit)


def _set_up_source(event: Event) -> None:
    """Install what the source of new data needs: later, nothing in .venv can be written."""
    words = ("tools/environment.py", *SOURCE)
    if event.new_data and subprocess.run([sys.executable, *words]).returncode:  # noqa: S603
        raise UserError("the packages of the source were not installed, as shown above")


def results(repo: Repo, commit: str) -> None:
    """Bring the outputs that a commit's lock names."""
    with worktree(commit) as folder, Repo(str(folder), config=dvc.shared(repo)) as its:
        dvc.fetch(its, (out for stage in dvc.pipeline(its) for out in stage.outs))
