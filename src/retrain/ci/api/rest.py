"""A forge's REST API: one request, repeated a little where the network fails or a limit is met."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from retrain.ci.api.retry import LIMIT, DeniedError, NotFoundError, wait
from retrain.errors import UserError

TIMEOUT = 30  # seconds
# what may be sent twice without harm is: new comments and proposals are not among it
RETRY = Retry(
    total=4,
    backoff_factor=0.5,
    status_forcelist=(500, 502, 503, 504),
    allowed_methods=("GET", "PATCH", "PUT", "DELETE"),
    raise_on_status=False,
    respect_retry_after_header=False,  # it may say an hour
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
            options |= {"headers": dict(headers), "timeout": TIMEOUT, "allow_redirects": False}
            answer = session.request(method, f"{base}/{path}", **options)
            while (seconds := _limited(answer)) is not None:  # then nothing has been done
                if not wait(seconds):
                    raise UserError(
                        f"{forge} takes no more requests until {_clock(seconds)}; run it again then"
                    )
                answer = session.request(method, f"{base}/{path}", **options)
    except requests.RequestException as error:
        raise UserError(
            f"{forge} cannot be reached ({type(error).__name__}); run it again"
        ) from None
    found = _json(answer)
    if answer.status_code < 300 and (found is not None or not answer.content):
        return found
    if method == "DELETE" and answer.status_code == 404:  # it is gone, as was asked for
        return None
    raise _refusal(forge, f"{method} {path}", answer, found)


def pages(ask: Callable[..., Any], path: str, **query: str) -> Iterator[Any]:
    """Yield everything that a list has; `ask` is a forge's own `call`."""
    page = 1
    while found := ask("GET", path, params={"per_page": PAGE, "page": page, **query}):
        yield from found
        if len(found) < PAGE:
            return
        page += 1


def _json(answer: requests.Response) -> Any:
    """Return what an answer holds, or None: a forge that is out of order answers with a page."""
    try:
        return answer.json()
    except ValueError:
        return None


def _refusal(forge: str, asked: str, answer: requests.Response, found: Any) -> UserError:
    said = found.get("message") or found.get("error") if isinstance(found, dict) else None
    reason = f"{answer.status_code} {said or answer.reason}"
    if answer.status_code < 300 or answer.status_code >= 500:
        return UserError(f"{forge} is out of order: {reason} for {asked}; run it again later")
    sentence = f"{forge} refuses {asked}: {reason}; look at what the token may do"
    return NotFoundError(sentence) if answer.status_code == 404 else DeniedError(sentence)


def _limited(answer: requests.Response) -> float | None:
    """Return for how many seconds a forge takes no more requests, if it says so.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/
    """
    if answer.status_code not in (403, 429):
        return None
    headers = {name.lower().removeprefix("x-"): text for name, text in answer.headers.items()}
    after, reset = headers.get("retry-after", ""), headers.get("ratelimit-reset", "")
    if after.isdigit():
        return max(1, int(after))
    if headers.get("ratelimit-remaining") == "0" and reset.isdigit():
        return max(1, int(reset) - time.time() + 1)
    return LIMIT if answer.status_code == 429 or "rate limit" in answer.text.lower() else None


def _clock(seconds: float) -> str:
    """Return when so many seconds will have passed, in whole minutes."""
    return time.strftime("%H:%M UTC", time.gmtime(time.time() + seconds + 59))
