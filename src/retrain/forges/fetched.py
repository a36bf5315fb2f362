"""What a job fetches while it has a token, before code of the model's runs where there is none."""

from contextlib import suppress

from dvc.exceptions import DvcException
from dvc.repo import Repo

from retrain.ci import collect, data, repository, score, trust
from retrain.ci.git import worktree
from retrain.console import tell
from retrain.errors import UserError
from retrain.forges.begin import arrive, compared_with
from retrain.forges.event import Event
from retrain.registry import versions


def fetch(event: Event) -> None:
    """Bring here what the event's run and its judgement read: commits, data, results, a model.

    What a DVC remote does not give is left to the run, which says so in its report.

    Raises:
        UserError: if the event is on another branch, or the remote cannot be asked.
    """
    tip = arrive(event)
    with repository.opened() as repo:
        tell("fetch: what the run reads, before the token is out of reach")
        base = trust.newest_landing(tip) if event.lands else compared_with(event)
        champion = versions.champion(versions.read(collect.artifact(repo), tip).registered)
        with suppress(UserError, DvcException):
            data.fetch(repo)
        if base.commit:
            with suppress(UserError, DvcException):
                _results(repo, base.commit)
        if champion:
            with suppress(UserError, DvcException), score.code(repo, champion.commit) as code:
                code.fetch_model()


def _results(repo: Repo, commit: str) -> None:
    """Bring the outputs that a commit's lock names."""
    with worktree(commit) as folder, Repo(str(folder), config=repository.shared(repo)) as its:
        repository.fetch(its, (out for stage in repository.pipeline(its) for out in stage.outs))
