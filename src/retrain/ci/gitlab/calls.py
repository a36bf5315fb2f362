"""GitLab's REST API: the few calls that a job makes.

https://docs.gitlab.com/api/rest/
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from retrain.ci.api import archive, rest
from retrain.ci.api.retry import NotFoundError
from retrain.ci.api.types import Comment, Proposed
from retrain.errors import UserError
from retrain.repo import tokens

IN_SIGHT = 20  # comments, the newest, that CML looks at
CHECKS = "Its pipeline begins by itself."
REFUSED = {
    "Forbidden": "the token's role or scope is too small; docs/gitlab.md says which it needs",
    "Unauthorized": "the token is wrong, or has expired; rotate it: docs/gitlab.md",
    "Not Found": "the token's role may not see that; docs/gitlab.md says which it needs",
}


def address() -> str:
    return os.environ.get("CI_PROJECT_URL", "")


def read_only() -> str:
    """Return why this job may write nothing: it has no token, which is optional."""
    if tokens.token():
        return ""
    environment = os.environ.get("CI_ENVIRONMENT_NAME", "landing")
    return f"no {tokens.VARIABLE} is set for the environment {environment!r} (docs/gitlab.md)"


def token() -> str:
    if why := read_only():
        raise UserError(f"{why}; add that variable to the project")
    return tokens.token() or ""


def call(method: str, path: str, **options: Any) -> Any:
    """Return what GitLab answers to a call below /projects/ID."""
    return _ask(_project(), method, path, **options)


def url(path: str) -> str:
    """Return the address of such a call."""
    return f"{_base()}{_project()}/{path}"


def this_job() -> Any:
    """Return this job as GitLab knows it: pipeline variables override what its environment says.

    https://docs.gitlab.com/api/jobs/#get-job-tokens-job
    """
    return rest.call("GitLab", "GET", _base(), "job", {"JOB-TOKEN": tokens.reader() or ""})


def _project() -> str:
    return f"/projects/{os.environ.get('CI_PROJECT_ID', '')}"


def _ask(below: str, method: str, path: str, **options: Any) -> Any:
    return rest.call("GitLab", method, _base() + below, path, {"PRIVATE-TOKEN": token()}, **options)


def _read(method: str, path: str, **options: Any) -> Any:
    """Return what GitLab answers to a call that the job's own token may make, too.

    https://docs.gitlab.com/ci/jobs/ci_job_token/
    """
    own = tokens.reader()
    if tokens.token() or not own:
        return call(method, path, **options)
    return rest.call("GitLab", method, _base() + _project(), path, {"JOB-TOKEN": own}, **options)


def _base() -> str:
    return os.environ.get("CI_API_V4_URL", "https://gitlab.com/api/v4")


def pages(path: str, **query: str) -> Iterator[Any]:
    return rest.pages(call, path, **query)


def proposed() -> Iterator[Proposed]:
    """Yield the open merge requests from branches of this project, never a fork's."""
    return _ours(rest.pages(_read, "merge_requests", state="opened"))


def proposed_before() -> Iterator[Proposed]:
    """Yield those that were closed or merged recently."""
    recent = {"state": "all", "order_by": "updated_at", "per_page": rest.PAGE}
    found = call("GET", "merge_requests", params=recent)
    return _ours(each for each in found if each["state"] in ("closed", "merged"))


def _ours(requests: Any) -> Iterator[Proposed]:
    for each in requests:
        if each["source_project_id"] == each["project_id"]:
            yield Proposed(each["iid"], f"!{each['iid']}", each["source_branch"], each["web_url"])


def comments(number: int) -> list[Comment]:
    me = _ask("", "GET", "user")["id"]
    return [
        Comment(each["id"], str(each["body"]), each["author"]["id"] == me, place < IN_SIGHT)
        for place, each in enumerate(pages(f"merge_requests/{number}/notes"))
    ]


def edit_comment(number: int, identity: int, body: str) -> None:
    call("PUT", f"merge_requests/{number}/notes/{identity}", json={"body": body})


def remove_comment(number: int, identity: int) -> None:
    call("DELETE", f"merge_requests/{number}/notes/{identity}")


def say(number: int, body: str) -> None:
    call("POST", f"merge_requests/{number}/notes", json={"body": body})


def close(number: int) -> None:
    call("PUT", f"merge_requests/{number}", json={"state_event": "close"})


def fetch_left(job: str, folder: Path) -> bool:
    """Put what a job of this pipeline has left into a folder; tell whether it left any.

    The runner would unpack it over this job's files, whatever an archive names.
    """
    newest = _newest(job)
    address = url(f"jobs/{newest}/artifacts")
    return bool(newest) and archive.unpacked(address, {"PRIVATE-TOKEN": token()}, folder)


def began() -> datetime | None:
    """Return when a job began that was retried; None: it runs for the first time."""
    name, found = os.environ.get("CI_JOB_NAME", ""), _jobs(include_retried="true")
    tries = [each["created_at"] for each in found if each["name"] == name]
    return min(map(datetime.fromisoformat, tries)) if len(tries) > 1 else None


def handed_over(job: str, file: Path) -> str:
    """Return the `version` of a file that a job of this pipeline has left; empty: none.

    As a variable, it would come with others: nothing but this word is taken.
    """
    try:
        found = call("GET", f"jobs/{_newest(job)}/artifacts/{file.as_posix()}")
    except NotFoundError:
        return ""
    return str(found.get("version", "")) if isinstance(found, dict) else ""


def _newest(job: str) -> int:
    """Return the number of a job of this pipeline that has succeeded; 0: none has."""
    found = _jobs(scope="success")
    return max((int(each["id"]) for each in found if each["name"] == job), default=0)


def _jobs(**query: str) -> Iterator[Any]:
    """Yield those of this pipeline."""
    return pages(f"pipelines/{int(this_job()['pipeline']['id'])}/jobs", **query)


def pushing() -> AbstractContextManager[None]:
    """Return where Git pushes by a key of its own: nowhere, it has the environment's token."""
    token()
    return nullcontext()
