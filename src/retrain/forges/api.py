"""GitHub's REST API: the few calls that a job makes, repeated a little where the network fails.

https://docs.github.com/en/rest
"""

import os
from collections.abc import Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from retrain.ci import credentials
from retrain.errors import UserError

TIMEOUT = 30  # seconds
# what may be sent twice without harm is: comments and pull requests are not among it
RETRY = Retry(
    total=4,
    backoff_factor=0.5,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=("GET", "PATCH"),
    raise_on_status=False,
)


def repository() -> str:
    """Return the repository's owner and name, `acme/model`."""
    return os.environ.get("GITHUB_REPOSITORY", "")


def address() -> str:
    """Return the repository's address."""
    return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{repository()}"


def token() -> str:
    """Return the job's token.

    Raises:
        UserError: where there is none.
    """
    if found := credentials.token():
        return found
    raise UserError(
        f"there is no token; give the step one: env: {credentials.VARIABLE}: "
        "${{ github.token }}, and the job the permissions"
    )


def call(method: str, path: str, **options: Any) -> Any:
    """Return what GitHub answers to a call below /repos/OWNER/NAME.

    Raises:
        UserError: if it refuses, or cannot be reached.
    """
    base = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    url = f"{base}/repos/{repository()}/{path}"
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token()}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    try:
        with requests.Session() as session:
            session.mount("https://", HTTPAdapter(max_retries=RETRY))
            answer = session.request(method, url, headers=headers, timeout=TIMEOUT, **options)
            found = answer.json() if answer.content else None
    except requests.RequestException as error:
        raise UserError(
            f"GitHub cannot be reached ({type(error).__name__}); run it again"
        ) from None
    if answer.status_code >= 400:
        said = found.get("message") if isinstance(found, dict) else None
        raise UserError(
            f"GitHub refuses {method} {path.partition('?')[0]}: {answer.status_code} "
            f"{said or answer.reason}; look at the permissions of the job"
        )
    return found


def pulls(**query: str) -> Iterator[Any]:
    """Yield the open pull requests, by what GitHub can ask for: `head`, `base`."""
    page = 1
    while found := call(
        "GET", "pulls", params={"state": "open", "per_page": 100, "page": page, **query}
    ):
        yield from found
        if len(found) < 100:
            return
        page += 1


def comment(number: int, body: str) -> None:
    """Say something below a pull request."""
    call("POST", f"issues/{number}/comments", json={"body": body})


def close(number: int) -> None:
    """Close a pull request."""
    call("PATCH", f"pulls/{number}", json={"state": "closed"})
