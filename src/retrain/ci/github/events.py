"""GitHub's events, read strictly from the file that its runner writes.

https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from retrain.ci.event import DEPLOY, Deployment, Event, alarm, button, deployment, look, night
from retrain.errors import UserError
from retrain.repo.git import NOTHING, REMOTE

ALARM = "drift-alert"


def event() -> Event:
    """Return what started this job.

    Raises:
        UserError: if it is nothing that starts a run, or lacks what a person must say.
    """
    name, content = os.environ.get("GITHUB_EVENT_NAME", ""), payload()
    if name not in READERS:
        raise UserError(f"the event {name!r} starts no run; known are {', '.join(READERS)}")
    try:
        found = READERS[name](content)
        return replace(found, actor=os.environ.get("GITHUB_ACTOR", ""), address=_address())
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(f"the event {name!r} is not as GitHub sends it: {error!r}") from None


def asked() -> Deployment:
    """Return the deployment that a person has asked for.

    Raises:
        UserError: if this run is none, or they do not say what is needed.
    """
    try:
        inputs = payload()["inputs"]
        found = deployment(
            _run(),
            _branch(),
            inputs["reason"],
            inputs["stage"],
            inputs.get("action") or DEPLOY,
            inputs.get("version") or "",
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(f"this is not a run of the workflow deploy: {error!r}") from None
    # a person who runs the jobs again is the one who deploys
    actor = os.environ.get("GITHUB_TRIGGERING_ACTOR") or os.environ.get("GITHUB_ACTOR", "")
    return replace(found, event=replace(found.event, actor=actor, address=_address()))


def watch() -> Event:
    """Return what looks whether the world has moved: a run of the workflow monitor."""
    return replace(look(_run(), _branch()), address=_address())


def payload() -> Any:
    path = os.environ.get("GITHUB_EVENT_PATH")
    if not path:
        raise UserError(
            "neither GITHUB_EVENT_PATH nor GITLAB_CI is set: this command is for a job of GitHub "
            "Actions or of GitLab CI"
        )
    try:
        return json.loads(Path(path).read_text("utf-8"))
    except ValueError:
        raise UserError(f"{path} is not JSON; it should be what GitHub says of the event") from None


def _pull_request(content: Any) -> Event:
    # the branch, and not the commit that GitHub names: that one is as old as the pull request
    base = str(content["pull_request"]["base"]["ref"])
    return Event("pull_request", _run(), base=f"{REMOTE}/{base}")


def _push(content: Any) -> Event:
    return Event("push", _run(), branch=_branch(), first_push=content["before"] == NOTHING)


def _schedule(_: Any) -> Event:
    return night(_run(), _branch())


def _button(content: Any) -> Event:
    inputs = content["inputs"]  # GitHub's API leaves out what its sender has left out
    return button(
        _run(),
        _branch(),
        os.environ.get("GITHUB_ACTOR", ""),
        inputs["reason"],
        inputs.get("result") or "report",
        str(inputs.get("new-data")),
        inputs.get("parameters") or "",
        inputs.get("context") or "",
    )


def _alarm(content: Any) -> Event:
    if (action := content["action"]) != ALARM:
        raise UserError(f"the dispatch {action!r} starts no run; send one of type {ALARM!r}")
    sent = content.get("client_payload") or {}
    return alarm(_run(), _branch(), str(sent.get("reason") or ""), sent.get("cause"))


READERS: Mapping[str, Callable[[Any], Event]] = {
    "pull_request": _pull_request,
    "push": _push,
    "schedule": _schedule,
    "workflow_dispatch": _button,
    "repository_dispatch": _alarm,
}


def _branch() -> str:
    return os.environ.get("GITHUB_REF", "").removeprefix("refs/heads/")


def _address() -> str:
    server, repository, run = (
        os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    return f"{server}/{repository}/actions/runs/{run}"


def _run() -> str:
    return f"{os.environ['GITHUB_RUN_ID']}-{os.environ.get('GITHUB_RUN_ATTEMPT') or 1}"
