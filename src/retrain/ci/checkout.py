"""Whether an event may start anything, and the folder as the event wants it."""

import os
import subprocess
from pathlib import Path

from retrain.ci import overrides
from retrain.ci.event import Event
from retrain.errors import REPORT, UserError
from retrain.gate.policy import Policy, judging
from retrain.paths import ERROR, PARAMS, POLICY
from retrain.repo import base, commits, dvc, remote
from retrain.repo.base import Base
from retrain.repo.git import REMOTE, differing, git, short
from retrain.repo.remote import Tip
from retrain.settings import read

BRANCH = "RETRAIN_BRANCH"  # that the workflow's file names


def switched_on(event: Event) -> bool:
    """Tell whether the policy lets this start a run: the base's, for a change under review."""
    if event.base:
        policy, _ = judging(compared_with(event).commit)
    else:
        policy = read(Path(POLICY), Policy)
    return bool(getattr(policy.triggers, event.trigger))


def compared_with(event: Event) -> Base:
    """Return the base of what an event asks for."""
    if event.base:
        return base.resolve(event.base)
    head = git("rev-parse", "HEAD")
    return Base(head, f"{short(head)}, the newest commit")


def _named_branch(tip: Tip) -> None:
    """Raise where the workflow's file names another branch than the default one."""
    named = os.environ.get(BRANCH, tip.branch)
    if named != tip.branch:
        raise UserError(
            f"the default branch is {tip.branch}, and the workflows name {named}; change it in "
            "their files"
        )


def check_out(event: Event) -> Tip:
    """Return the remote, as it is now; make this folder the newest commit of its default branch.

    A change under review stays as it is.
    """
    with dvc.opened():
        tip = remote.fetch()
        known = f"refs/remotes/{REMOTE}"  # for `remote.remembered`, where no token is
        git("symbolic-ref", f"{known}/HEAD", f"{known}/{tip.branch}")
        if event.branch is None:
            return tip
        if event.branch != tip.branch:
            raise UserError(
                f"this is the branch {event.branch!r}, and only {tip.branch} starts this; choose "
                f"{tip.branch}, or let the change be reviewed"
            )
        _named_branch(tip)
        # whatever started this job: the branch may have moved on, or have been put back
        git("checkout", "--quiet", "-B", tip.branch, tip.commit)
    return tip


def prepare(
    event: Event, commit: bool = False, fetch_data: bool = True, check: bool = True
) -> None:
    """Give this folder what the event asks for: parameters, and new data.

    Args:
        event: a change under review asks for nothing.
        commit: make a commit of the parameters, because what lands must be of what Git has.
        fetch_data: fetch new data, if the event asks for them.
        check: hold them to the contract, which needs the group `validate`.
    """
    if overrides.apply(event.overrides) and commit and differing("HEAD", paths=(PARAMS,)):
        text = "Set parameters, asked for by the button"
        commits.commit_files(text, PARAMS)
    if event.new_data and fetch_data:
        words = ["make", "ingest", *([] if check else ["UNCHECKED=1"])]
        said = Path(ERROR)
        said.unlink(missing_ok=True)
        environment = os.environ | {REPORT: str(said.resolve())}
        if subprocess.run(words, env=environment).returncode:  # noqa: S603
            reason = said.read_text("utf-8") if said.exists() else ""
            said.unlink(missing_ok=True)
            raise UserError(
                reason or "new data could not be fetched, as shown above; fix that, run it again"
            )
