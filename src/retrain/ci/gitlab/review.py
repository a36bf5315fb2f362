"""The pipeline of GitLab's that has built a change, and the merge request that it belongs to.

Its last job posts. What the jobs before it have left is text that anyone may have written.
Which merge request it belongs to is GitLab's own word, which no artifact of theirs can change: that
job takes files of them, and no variables (`artifacts:reports:dotenv`).
"""

import os
from pathlib import Path

from retrain.ci.api.types import Built
from retrain.ci.gitlab import calls
from retrain.errors import UserError

BEFORE = ("plan", "build")  # jobs
TOO_LONG = ("job_execution_timeout", "stuck_or_timeout_failure")  # why a job has failed


def built() -> Built:
    """Return this very pipeline."""
    if os.environ.get("CI_PIPELINE_SOURCE") != "merge_request_event":
        raise UserError("this is no merge request's pipeline; nothing is posted")
    # where GitLab builds the merged result, CI_COMMIT_SHA is in no branch
    own = os.environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or os.environ["CI_COMMIT_SHA"]
    return Built(own, os.environ["CI_PIPELINE_URL"])


def fetch(_: Built, folder: Path) -> None:
    """Do nothing: the runner has put the report where this job is."""


def interrupted() -> bool:
    """Tell whether a job took too long; where one was cancelled, GitLab does not begin this one.

    https://docs.gitlab.com/api/jobs/#list-all-jobs-for-a-pipeline
    """
    jobs = calls.pages(f"pipelines/{int(os.environ['CI_PIPELINE_ID'])}/jobs")
    return any(each["name"] in BEFORE and each.get("failure_reason") in TOO_LONG for each in jobs)


def shown_by(built: Built) -> tuple[int | None, str]:
    """Return the merge request if it shows what was built, or None and the reason."""
    number = int(os.environ["CI_MERGE_REQUEST_IID"])
    if os.environ["CI_MERGE_REQUEST_PROJECT_ID"] != os.environ["CI_PROJECT_ID"]:
        return None, f"!{number} is another project's"
    found = calls.call("GET", f"merge_requests/{number}")
    if found["state"] != "opened":
        return None, f"!{number} is {found['state']}"
    if found["sha"] != built.commit:
        return None, f"!{number} has a newer commit than the one that was built"
    return number, ""
