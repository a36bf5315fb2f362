"""A landing in two jobs: one builds and may write nothing, the other lands what that has left.

A merge lands directly, and what anything else has started becomes a proposal.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path

from dvc.repo import Repo

from retrain.ci import candidate, publish, remote, repository
from retrain.ci import land as lander
from retrain.ci.accept import OutdatedError, accept
from retrain.ci.collect import artifact
from retrain.ci.git import short
from retrain.ci.land import Proposal, RefusedError
from retrain.ci.lists import REMEDY
from retrain.ci.push import LostError
from retrain.ci.ready import prepare
from retrain.ci.trust import check
from retrain.console import tell
from retrain.errors import UserError
from retrain.files import write_json
from retrain.forges import here
from retrain.forges.begin import arrive, begin
from retrain.forges.event import Event

PROPOSAL = "retrain-proposal.json"  # in DVC's folder for scratch files
HASH = "RETRAIN_CANDIDATE"  # what the job that builds says of what it leaves
LOST = "Nothing has landed: {}. The run of that newer push lands all of it."
AGAIN = "; run all jobs of this once more"


def build(event: Event) -> str:
    """Build what an event asks for, and leave it as a candidate; return the hash of that.

    Raises:
        UserError: if the run fails or is blocked.
    """
    _must_land(event)
    begin(event, commit=True)
    with repository.opened() as repo:
        tip = remote.remembered()  # as `fetched` has left it: here is no token to ask with
        ready = prepare(repo, tell, event.asked(), tip=tip)
        return candidate.pack(repo, ready, event.pipeline)


def land(event: Event, folder: Path) -> tuple[str, bool]:
    """Land what a folder holds; return a sentence, and whether there is a proposal to open.

    Raises:
        UserError: if it is not what this run has built, or the remote refuses.
    """
    if why := here.calls().unable():
        return f"Nothing is written: {why}. `make land` does it from a clone.", False
    here.calls().fetch_candidate(folder)
    said = os.environ.get(HASH)
    if said is not None and candidate.digest(folder) != said:
        raise UserError(f"{folder} is not what the job that built has left; {REMEDY}")
    publish.discard()  # what lies there is the other job's: of its report the facts alone are read
    _must_land(event)
    tip = arrive(event)
    begin(event, commit=True, fetch_data=False)
    with repository.opened() as repo:
        _file(repo).unlink(missing_ok=True)
        check(tip, artifact(repo))
        try:
            asked = event.asked()
            ready, made = accept(repo, folder, tip, event.pipeline, asked, event.new_data)
            if event.trigger != "push":
                return _offered(repo, lander.proposal(ready, made))
            landing = lander.push_ready(repo, ready, made)
        except RefusedError as error:
            tell(f"land: {error}")
            return _offered(repo, error.proposal)
        except (OutdatedError, LostError) as error:
            why = str(error) or f"{tip.branch} has just moved on"
            if event.trigger != "push":
                raise UserError(f"{why}{AGAIN}") from None
            return LOST.format(why), False
    said = f"Landed as {short(landing.commit)}" if landing.landed else "Nothing had to land"
    return said + (f"; registered {landing.version}." if landing.version else "."), False


def _must_land(event: Event) -> None:
    if not event.lands:
        raise UserError(f"{event.trigger} lands nothing; it only reports")


def read(repo: Repo) -> Proposal | None:
    """Return the proposal that is prepared here, if one is."""
    try:
        return Proposal(**json.loads(_file(repo).read_text("utf-8")))
    except FileNotFoundError:
        return None


def _offered(repo: Repo, proposal: Proposal) -> tuple[str, bool]:
    if proposal.branch is None:
        return "Nothing to propose: the results are those of the default branch.", False
    write_json(_file(repo), asdict(proposal))
    return f"Prepared a proposal for {proposal.into}: {proposal.title}.", True


def _file(repo: Repo) -> Path:
    return Path(repo.tmp_dir) / PROPOSAL
