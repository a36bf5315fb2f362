"""A context's own line of versions: what has landed for all contexts, built from its rows.

It is a branch of the remote with a record of landings of its own, under the rules of any landing.
Nothing of this folder goes in, and the default branch does not move.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dvc.repo import Repo

from retrain.contexts import checkout, start, values
from retrain.errors import UserError
from retrain.gate.policy import Policy
from retrain.landing import land as landing
from retrain.landing import push
from retrain.landing.land import Landing, Proposal
from retrain.landing.prepare import Ready, believed, built, published
from retrain.paths import POLICY
from retrain.repo import line
from retrain.repo.git import REMOTE, short, show
from retrain.settings import parse

log = logging.getLogger(__name__)


def land(shared: Repo, value: str, first: bool = False) -> Landing:
    """Build a context's model, judge it, push it to the context's branch, register it.

    Before its first version it is judged against the model for all contexts. `first`: begin a new
    record of the line.
    """

    def attempt() -> Landing:
        with _prepared(shared, value, first) as (repo, ready):
            return landing.push_ready(repo, ready, published(repo, ready))

    return push.repeated(attempt, "land")


def propose(shared: Repo, value: str) -> Proposal:
    """Build the same, and push it to a branch, for a request to merge into the context's."""
    with _prepared(shared, value, proposes=True) as (repo, ready):
        found = landing.proposal(ready, published(repo, ready))
        if found.branch:
            push.push_branch(found.commit, found.branch)
        return found


@contextmanager
def _prepared(
    shared: Repo, value: str, first: bool = False, proposes: bool = False
) -> Iterator[tuple[Repo, Ready]]:
    """Yield what may land on a context's line, and the folder in which it was built."""
    if not value:
        raise UserError("--context is empty; name one of the contexts of policy.yaml")
    with line.of(value):
        tip = believed(first)
    if tip.common is None or (landed := tip.common.landed) is None:
        raise UserError(
            "nothing has landed yet, and a context is built from what has; first: make land"
        )
    place = f"{POLICY} of {short(landed)}, the newest landing"
    context = values.one(parse(show(landed, POLICY) or "", Policy, Path(place)), value, place)
    if proposes and not tip.begun:
        raise UserError(
            f"{REMOTE} has no branch {tip.branch} to propose it for; make one there first: "
            f"git push {REMOTE} {short(tip.commit)}:refs/heads/{tip.branch}"
        )
    log.info(f"{context.value}: its own model, in {context.folder}")
    begun = start.of_context(context, landed, newest=tip.commit if tip.begun else None)
    with checkout.opened(context, begun, landed, shared) as repo:
        yield repo, built(repo, tip)
