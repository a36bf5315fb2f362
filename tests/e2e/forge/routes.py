"""What the parts of the forge's API share: which function answers what, and how lists are cut."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.e2e.forge.state import Reply, State

NOT_FOUND = Reply(404, {"message": "Not Found"})


@dataclass
class Request:
    forge: State
    path: str  # what follows the repository's
    query: dict[str, str]
    body: Any


Route = Callable[..., Reply]
ROUTES: list[tuple[str, str, Route]] = []


def route(method: str, pattern: str) -> Callable[[Route], Route]:
    """Let a function answer: it gets the request, and the groups of the pattern."""

    def add(function: Route) -> Route:
        ROUTES.append((method, pattern, function))
        return function

    return add


def match(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    for verb, pattern, function in ROUTES:
        found = re.fullmatch(pattern, path)
        if found and verb == method:
            return function, found.groups()
    return None


def listed(request: Request, items: list[dict[str, Any]]) -> Reply:
    """Return one page of a list, and where the next one is."""
    size = min(int(request.query.get("per_page", 30)), 100)
    page = int(request.query.get("page", 1))
    rest = items[(page - 1) * size :]
    headers = {}
    if len(rest) > size:
        query = urlencode(request.query | {"page": str(page + 1)})
        address = f"{request.forge.api}/repos/{request.forge.slug}{request.path}?{query}"
        headers["Link"] = f'<{address}>; rel="next"'
    return Reply(200, rest[:size], headers)


def invalid(resource: str, **error: str) -> Reply:
    return Reply(422, {"message": "Validation Failed", "errors": [{"resource": resource, **error}]})
