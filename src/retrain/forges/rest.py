"""A forge's REST API: one request, repeated a little where the network fails."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from retrain.errors import UserError

TIMEOUT = 30  # seconds
# what may be sent twice without harm is: new comments and proposals are not among it
RETRY = Retry(
    total=4,
    backoff_factor=0.5,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=("GET", "PATCH", "PUT", "DELETE"),
    raise_on_status=False,
)
PAGE = 100  # as many as both forges give at once


def call(
    forge: str, method: str, base: str, path: str, headers: Mapping[str, str], **options: Any
) -> Any:
    """Return what a forge answers, read as JSON.

    Args:
        forge: its name, for a sentence.
        method: GET, POST…
        base: the address that `path` is below.
        path: without a query; that goes into `params`.
        headers: the token among them.
        options: see `requests.request`.

    Raises:
        UserError: if it refuses, or cannot be reached.
    """
    try:
        with requests.Session() as session:
            for scheme in ("https://", "http://"):
                session.mount(scheme, HTTPAdapter(max_retries=RETRY))
            # a forge that moves is not followed: requests would take the token along
            answer = session.request(
                method,
                f"{base}/{path}",
                headers=dict(headers),
                timeout=TIMEOUT,
                allow_redirects=False,
                **options,
            )
            found = answer.json() if answer.content else None
    except requests.RequestException as error:
        raise UserError(
            f"{forge} cannot be reached ({type(error).__name__}); run it again"
        ) from None
    if answer.status_code >= 300:
        said = found.get("message") or found.get("error") if isinstance(found, dict) else None
        raise UserError(
            f"{forge} refuses {method} {path}: {answer.status_code} {said or answer.reason}; look "
            "at what the job's token may do"
        )
    return found


def pages(ask: Callable[..., Any], path: str, **query: str) -> Iterator[Any]:
    """Yield everything that a list has; `ask` is a forge's own `call`."""
    page = 1
    while found := ask("GET", path, params={"per_page": PAGE, "page": page, **query}):
        yield from found
        if len(found) < PAGE:
            return
        page += 1
