"""Open proposals of new data: while one is what a night would build, nothing is trained.

They are asked for and fetched while the job has its token, and compared once the data are there.
"""

import json
import logging
from pathlib import Path

from dvc.repo import Repo

from retrain.ci import provider
from retrain.ci.cml import proposal
from retrain.ci.event import Event
from retrain.errors import UserError
from retrain.files import write_json
from retrain.paths import LOCK
from retrain.repo.git import REMOTE, call, commit_of, find_commit, is_ancestor, show
from retrain.repo.remote import Tip
from retrain.run import plan as planner

FILE = Path(".dvc/tmp/retrain-proposals.json")
log = logging.getLogger(__name__)


def fetch(event: Event, tip: Tip) -> None:
    """Note the open proposals of an event's family, and bring their commits here."""
    FILE.unlink(missing_ok=True)
    if event.trigger not in ("schedule", "alarm"):
        return
    try:
        # never from a fork
        found = proposal.ours(event.family, provider.calls().proposed())
    except UserError as error:
        log.info(f"plan: the open proposals are not known, so none counts: {error}")
        return
    known = []
    for each in found:
        place = f"refs/retrain-proposals/{each.branch}"
        done = call("fetch", "--quiet", "--no-tags", REMOTE, f"+refs/heads/{each.branch}:{place}")
        if done.returncode:
            log.info(f"plan: the proposal {each.name} could not be fetched, and does not count")
            continue
        commit = commit_of(place)
        parent = find_commit(f"{commit}^")
        if parent and is_ancestor(parent, tip.commit):
            known.append((commit, each.url))
    # where there is an older one too, a landing closes it
    write_json(FILE, known if len(found) == 1 else [])


def read() -> list[tuple[str, str]]:
    """Return commit and address of what was fetched; to be read before code of the model's runs."""
    return [tuple(each) for each in json.loads(FILE.read_text("utf-8"))] if FILE.exists() else []


def same(repo: Repo, known: list[tuple[str, str]]) -> str | None:
    """Return the address of a proposal whose results are those of this folder's code and data."""
    for commit, url in known:
        lock = show(commit, LOCK)
        if lock and not planner.stale(repo, commit, lock):
            return url
    return None
