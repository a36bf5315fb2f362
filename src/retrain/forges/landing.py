"""A landing in a job: directly after a merge, as a proposal after anything else."""

import json
from dataclasses import asdict
from pathlib import Path

from dvc.repo import Repo

from retrain.ci import land as lander
from retrain.ci import repository
from retrain.ci.git import short
from retrain.ci.land import Proposal, RefusedError
from retrain.console import tell
from retrain.errors import UserError
from retrain.files import write_json
from retrain.forges import here
from retrain.forges.begin import begin
from retrain.forges.building import build
from retrain.forges.event import Event

PROPOSAL = "retrain-proposal.json"  # in DVC's folder for scratch files


def land(event: Event) -> tuple[str, bool]:
    """Land what an event asks for; return a sentence, and whether there is a proposal to open.

    Raises:
        UserError: if the run fails or is blocked, or the remote refuses.
    """
    if not event.lands:
        raise UserError(f"{event.trigger} lands nothing; it only reports")
    if why := here.calls().unable():
        return _built(event, why), False
    begin(event, commit=True)
    with repository.opened() as repo:
        _file(repo).unlink(missing_ok=True)
        if event.trigger != "push":
            return _offered(repo, lander.offer(repo, tell, event.cause))
        try:
            landing = lander.land(repo, tell, event.cause)
        except RefusedError as error:
            tell(f"land: {error}")
            return _offered(repo, error.proposal)
    said = f"Landed as {short(landing.commit)}" if landing.landed else "Nothing had to land"
    return said + (f"; registered {landing.version}." if landing.version else "."), False


def read(repo: Repo) -> Proposal | None:
    """Return the proposal that is prepared here, if one is."""
    try:
        return Proposal(**json.loads(_file(repo).read_text("utf-8")))
    except FileNotFoundError:
        return None


def _built(event: Event, why: str) -> str:
    """Build what may not be written, for its report."""
    verdict = build(event)
    if verdict and verdict.verdict == "block":
        raise UserError("blocked, as the report says")
    return f"Nothing is written: {why}. `make land` does it from somebody's clone."


def _offered(repo: Repo, proposal: Proposal) -> tuple[str, bool]:
    if proposal.branch is None:
        return "Nothing to propose: the results are those of the default branch.", False
    write_json(_file(repo), asdict(proposal))
    return f"Prepared a proposal for {proposal.into}: {proposal.title}.", True


def _file(repo: Repo) -> Path:
    return Path(repo.tmp_dir) / PROPOSAL
