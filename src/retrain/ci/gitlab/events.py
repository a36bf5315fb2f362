"""GitLab's events, read from the variables that it gives to each job.

https://docs.gitlab.com/ci/variables/predefined_variables/
What a person has typed comes by variables of our own, which .gitlab-ci.yml makes of its inputs.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace

from retrain.ci.event import Deployment, Event, alarm, button, deployment, look, night
from retrain.errors import UserError
from retrain.repo.git import NOTHING, REMOTE


def event() -> Event:
    """Return what started this job.

    Raises:
        UserError: if it is nothing that starts a run, or lacks what a person must say.
    """
    source = os.environ.get("CI_PIPELINE_SOURCE", "")
    if source not in READERS:
        raise UserError(f"the source {source!r} starts no run; known are {', '.join(READERS)}")
    try:
        return replace(READERS[source](), actor=_actor(), address=_address())
    except KeyError as error:
        raise UserError(f"the source {source!r} is not as GitLab has it: no {error}") from None


def asked() -> Deployment:
    """Return the deployment that a person has asked for; GitLab itself says who, and from where.

    Raises:
        UserError: if this pipeline is none, or they do not say what is needed.
    """
    from retrain.ci.gitlab import calls  # here: the other events need no HTTP client

    words = ("REASON", "DEPLOY", "ACTION", "VERSION")
    try:
        inputs = [os.environ[f"RETRAIN_{word}"] for word in words]
        job = calls.this_job()
        pipeline, actor = job["pipeline"]["id"], job["user"]["username"]
        branch = "" if job["tag"] else job["ref"]
        address = f"{job['web_url'].rpartition('/-/')[0]}/-/pipelines/{pipeline}"
        found = deployment(f"{pipeline}-{job['id']}", branch, *inputs)
    except KeyError as error:
        raise UserError(f"this is not a pipeline that deploys: no {error}") from None
    return replace(found, event=replace(found.event, actor=actor, address=address))


def watch() -> Event:
    """Return what looks whether the world has moved: a pipeline with the input `monitor`."""
    return replace(look(_run(), _branch()), address=_address())


def _actor() -> str:
    return os.environ.get("GITLAB_USER_LOGIN", "")


def _address() -> str:
    return os.environ.get("CI_PIPELINE_URL", "")


def _merge_request() -> Event:
    base = f"{REMOTE}/{os.environ['CI_MERGE_REQUEST_TARGET_BRANCH_NAME']}"
    if os.environ["CI_MERGE_REQUEST_PROJECT_ID"] != os.environ["CI_PROJECT_ID"]:
        # the pipeline runs in a fork, whose branch of that name may be old
        base = os.environ["CI_MERGE_REQUEST_DIFF_BASE_SHA"]
    return Event("pull_request", _run(), base=base)


def _push() -> Event:
    first = os.environ["CI_COMMIT_BEFORE_SHA"] == NOTHING
    return Event("push", _run(), branch=_branch(), first_push=first)


def _schedule() -> Event:
    return night(_run(), _branch())


def _button() -> Event:
    return button(
        _run(),
        _branch(),
        os.environ.get("GITLAB_USER_LOGIN", ""),
        os.environ["RETRAIN_REASON"],
        os.environ["RETRAIN_RESULT"],
        os.environ["RETRAIN_NEW_DATA"],
        os.environ["RETRAIN_PARAMETERS"],
        os.environ.get("RETRAIN_ONLY", ""),
    )


def _alarm() -> Event:
    return alarm(_run(), _branch(), os.environ["RETRAIN_REASON"], os.environ["RETRAIN_CAUSE"])


# by a trigger token, and by the token of a job
ALARMS = ("trigger", "pipeline")


READERS: Mapping[str, Callable[[], Event]] = {
    "merge_request_event": _merge_request,
    "push": _push,
    "schedule": _schedule,
    "web": _button,
    "api": _button,
    **dict.fromkeys(ALARMS, _alarm),
}


def _branch() -> str:
    return os.environ.get("CI_COMMIT_BRANCH", "")


def _run() -> str:
    # a job that is run again has another number
    return f"{os.environ['CI_PIPELINE_ID']}-{os.environ['CI_JOB_ID']}"
