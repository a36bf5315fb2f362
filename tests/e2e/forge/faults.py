"""What goes wrong at a forge, for a test to ask for: each fault meets one request."""

import re
import time
from collections.abc import Callable

from tests.e2e.forge.state import Reply, State

PAGE = b"<html>\n<head><title>Unicorn!</title></head>\n<body>This page is taking too long.</body></html>"
UNICORN = Reply(502, PAGE, {"Content-Type": "text/html"})


def limited(seconds: int = 0, status: int = 403, message: str = "Slow down") -> Reply:
    """Refuse because of too many requests, and say for how long."""
    return Reply(status, {"message": message}, {"Retry-After": str(seconds)})


def used_up(seconds: int = 0, prefix: str = "x-", status: int = 403) -> Reply:
    """Refuse because the hour's requests are used up."""
    reset = str(int(time.time()) + seconds)
    headers = {f"{prefix}ratelimit-remaining": "0", f"{prefix}ratelimit-reset": reset}
    return Reply(status, {"message": "API rate limit exceeded for installation."}, headers)


def before(forge: State, method: str, asked: str) -> Reply | None:
    """Return the answer of a fault that meets this request, or None: it is answered as usual."""
    for (verb, pattern), faults in forge.fails.items():
        if faults and verb == method and re.search(pattern, asked):
            fault = faults.pop(0)
            if isinstance(fault, Callable):  # type: ignore[arg-type]
                return fault()  # type: ignore[operator,no-any-return]
            return failing_with(fault, forge) if isinstance(fault, int) else fault
    return None


def after(forge: State, method: str, asked: str, reply: Reply) -> Reply:
    """Return the answer, or Unicorn where it gets lost on its way: the request was carried out.

    What is to happen then stands after method and pattern, if anything is.
    """
    for each in forge.loses:
        if each[0] == method and re.search(each[1], asked):
            forge.loses.remove(each)
            for happens in each[2:]:
                happens()
            return UNICORN
    return reply


def failing_with(code: int, forge: State) -> Reply:
    """Return what a test has asked for; where it is to look elsewhere, that is here too."""
    elsewhere = {"Location": f"{forge.url}/api/v4/version"} if 300 <= code < 400 else {}
    return Reply(code, {"message": "The test asked for this"}, elsewhere)
