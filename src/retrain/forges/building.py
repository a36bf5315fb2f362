"""A run that only reports: for a change under review, and where nothing may be written."""

from retrain.ci import judged, remote, repository
from retrain.ci.verdict import Verdict
from retrain.console import tell
from retrain.forges.begin import begin, compared_with
from retrain.forges.event import Event


def build(event: Event) -> Verdict | None:
    """Build what an event asks for, judge it and write the report; None: no run was needed.

    Raises:
        UserError: if the run fails, or cannot be judged.
    """
    begin(event)
    with repository.opened() as repo:
        tip = remote.remembered()  # as `fetched` has left it: here is no token to ask with
        return judged.judged(repo, compared_with(event), tell, cause=event.cause, tip=tip)
