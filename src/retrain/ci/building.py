"""A run that only reports: for a change under review, and where nothing may be written."""

from retrain.ci.checkout import begin, compared_with
from retrain.ci.event import Event
from retrain.console import tell
from retrain.gate.schema import Verdict
from retrain.repo import dvc, remote
from retrain.report import judged


def build(event: Event) -> Verdict | None:
    """Build what an event asks for, judge it and write the report; None: no run was needed.

    Raises:
        UserError: if the run fails, or cannot be judged.
    """
    tip = remote.remembered()  # before any code of the model's runs
    begin(event)
    with dvc.opened() as repo:
        return judged.judged(repo, compared_with(event), tell, cause=event.cause, tip=tip)
