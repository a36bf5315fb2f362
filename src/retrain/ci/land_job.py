"""A landing in two jobs: one builds and may write nothing, the other lands what that has left.

A merge lands directly, and what anything else has started becomes a proposal.
"""

import json
import logging
import os
from dataclasses import asdict
from pathlib import Path

from dvc.repo import Repo

from retrain.ci import provider
from retrain.ci.checkout import check_out, prepare
from retrain.ci.event import Event
from retrain.errors import UserError
from retrain.files import write_json
from retrain.landing import candidate
from retrain.landing import land as lander
from retrain.landing.accept_candidate import OutdatedError, accept
from retrain.landing.believed import check
from retrain.landing.land import Proposal
from retrain.landing.push import LostError, ProtectedError
from retrain.repo import dvc, remote
from retrain.repo.git import short
from retrain.repo.lockfile import REMEDY
from retrain.report import publish

log = logging.getLogger(__name__)

PROPOSAL = "retrain-proposal.json"  # in DVC's folder for scratch files
BUILD = "build"  # the job
HASH = "RETRAIN_CANDIDATE"  # what the job that builds says of what it leaves
LOST = "Nothing has landed: {}. The run of that newer push lands all of it."
AGAIN = "; run all jobs of this once more"


def land(event: Event, folder: Path) -> tuple[str, bool] | None:
    """Land what a folder holds; return a sentence, and whether there is a proposal to open.

    None: the plan has asked for nothing.
    """
    if why := provider.calls().read_only():
        return f"Nothing is written: {why}. `make land` does it from a clone.", False
    if not provider.calls().fetch_left(BUILD, folder):
        return None
    said = os.environ.get(HASH)
    if said is not None and candidate.digest(folder) != said:
        raise UserError(f"{folder} is not what the job that built has left; {REMEDY}")
    publish.discard()  # what lies there is the other job's: of its report the facts alone are read
    _must_land(event)
    tip = check_out(event)
    prepare(event, commit=True, fetch_data=False)
    with dvc.opened() as repo:
        _file(repo).unlink(missing_ok=True)
        check(tip)
        try:
            provenance = event.provenance()
            ready, made = accept(repo, folder, tip, event.pipeline, provenance, event.new_data)
            if event.trigger != "push":
                return _offered(repo, lander.proposal(ready, made))
            landing = lander.push_ready(repo, ready, made)
        except ProtectedError as error:
            log.info(f"land: {error}")
            return _offered(repo, lander.proposal(ready, made))
        except (OutdatedError, LostError) as error:
            why = str(error) or f"{tip.branch} has just moved on"
            # where the branch has not moved, a version was registered: no newer push lands this
            newer = remote.fetch().commit != candidate.read(folder).tip
            if event.trigger != "push" or not newer:
                raise UserError(f"{why}{AGAIN}") from None
            return LOST.format(why), False
    said = f"Landed as {short(landing.commit)}" if landing.landed else "Nothing had to land"
    return said + (f"; registered {landing.version}." if landing.version else "."), False


def _must_land(event: Event) -> None:
    if not event.lands:
        raise UserError(f"{event.trigger} lands nothing; it only reports")


def read(repo: Repo) -> Proposal | None:
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
