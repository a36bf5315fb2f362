"""GitHub's REST API: the few calls that a job makes.

https://docs.github.com/en/rest
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from retrain.ci.api import rest
from retrain.ci.api.types import Comment, Proposed
from retrain.errors import UserError
from retrain.repo import tokens
from retrain.repo.git import REMOTE

BOT = "github-actions[bot]"  # who a job's token is
IN_SIGHT = 30  # comments, the oldest, that CML looks at
CHECKS = (
    "Its checks begin after a click on *Approve workflows to run*, or by themselves where the "
    "repository has the secrets of a GitHub App."
)
ACCEPT = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
REFUSED = {
    "Resource not accessible by integration": "the job's token may not do it; look at its "
    "permissions",
    "not permitted to create": "allow GitHub Actions to create pull requests: Settings, Actions, "
    "General",
}


def repository() -> str:
    return os.environ.get("GITHUB_REPOSITORY", "")


def address() -> str:
    return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{repository()}"


def read_only() -> str:
    """Return why this job may write nothing; GitHub gives each job a token, so nothing."""
    return ""


def token() -> str:
    if found := tokens.token():
        return found
    raise UserError(
        f"there is no token; give the step one: env: {tokens.VARIABLE}: "
        "${{ github.token }}, and the job the permissions"
    )


def api() -> str:
    return os.environ.get("GITHUB_API_URL", "https://api.github.com")


def base() -> str:
    return f"{api()}/repos/{repository()}"


def headers() -> dict[str, str]:
    return ACCEPT | {"Authorization": f"Bearer {token()}"}


def call(method: str, path: str, **options: Any) -> Any:
    """Return what GitHub answers to a call below /repos/OWNER/NAME."""
    return rest.call("GitHub", method, base(), path, headers(), **options)


def pages(path: str, **query: str) -> Iterator[Any]:
    return rest.pages(call, path, **query)


def proposed() -> Iterator[Proposed]:
    """Yield the open pull requests from branches of this repository, never a fork's."""
    return _ours(pages("pulls", state="open"))


def proposed_before() -> Iterator[Proposed]:
    """Yield those that were closed or merged recently."""
    recent = {"state": "closed", "sort": "updated", "direction": "desc", "per_page": rest.PAGE}
    return _ours(call("GET", "pulls", params=recent))


def _ours(pulls: Any) -> Iterator[Proposed]:
    for each in pulls:
        if (each["head"]["repo"] or {}).get("full_name") == repository():
            name = f"#{each['number']}"
            yield Proposed(each["number"], name, each["head"]["ref"], each["html_url"])


def comments(number: int) -> list[Comment]:
    return [
        Comment(each["id"], str(each["body"]), each["user"]["login"] == BOT, place < IN_SIGHT)
        for place, each in enumerate(pages(f"issues/{number}/comments"))
    ]


def edit_comment(number: int, identity: int, body: str) -> None:  # noqa: ARG001 (as below)
    call("PATCH", f"issues/comments/{identity}", json={"body": body})


def remove_comment(number: int, identity: int) -> None:  # noqa: ARG001 (GitLab's needs the number)
    call("DELETE", f"issues/comments/{identity}")


def say(number: int, body: str) -> None:
    call("POST", f"issues/{number}/comments", json={"body": body})


def close(number: int) -> None:
    call("PATCH", f"pulls/{number}", json={"state": "closed"})


def fetch_left(job: str, folder: Path) -> bool:  # noqa: ARG001 (GitLab's needs it)
    """Tell whether a step of the workflow has put it there."""
    return folder.exists()


def began() -> datetime | None:
    """Return when a run began that is run again; None: it runs for the first time."""
    if os.environ.get("GITHUB_RUN_ATTEMPT", "1") == "1":
        return None
    run = call("GET", f"actions/runs/{int(os.environ['GITHUB_RUN_ID'])}")
    return datetime.fromisoformat(run["created_at"])


def handed_over(job: str, file: Path) -> str:  # noqa: ARG001 (the same)
    """Return the version that an earlier job's output names; empty: none."""
    return os.environ.get("RETRAIN_PREPARED", "")


@contextmanager
def pushing() -> Iterator[None]:
    """Let Git push by the deploy key of this job, if it has one, else by its token.

    GitHub says by HTTPS which keys its SSH server has: another one is refused.
    https://docs.github.com/en/rest/meta/meta
    """
    if not tokens.may_push_by_key():
        yield
        return
    about = rest.call("GitHub", "GET", api(), "meta", headers())
    with tokens.pushing(REMOTE, by_ssh(), about.get("ssh_keys", [])):
        yield


def by_ssh() -> str:
    return f"ssh://git@{urlsplit(address()).hostname}/{repository()}.git"
