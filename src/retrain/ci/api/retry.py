"""How long and how often a job retries where its forge fails or limits it."""

import time
from collections.abc import Callable
from typing import TypeVar

from retrain.errors import UserError

T = TypeVar("T")
# seconds from the start of a command in which it may begin to wait: the job that comments has ten
# minutes for two commands and for setting up, and should end with a sentence of its own
BUDGET = 180
LIMIT = 60  # seconds to wait where a forge does not say when its limit ends; GitHub asks for them
PAUSES = (1, 5, 20)  # seconds before each new try

_began = time.monotonic()
_waits = 0


class TemporaryError(UserError):
    """A failure that may end by itself, after `pause` seconds at the earliest."""

    def __init__(self, text: str, pause: int = 0) -> None:
        super().__init__(text)
        self.pause = pause


class DeniedError(UserError):
    """A refusal of one question; the forge may answer another one."""


class NotFoundError(DeniedError, TemporaryError):
    """There is no such thing, or not yet, or the token may not know of it."""


def wait(seconds: float) -> bool:
    """Wait, or return False at once where the job has no time for it."""
    global _waits
    if time.monotonic() - _began + seconds > BUDGET:
        return False
    _waits += 1
    time.sleep(seconds)
    return True


def retried(attempt: Callable[[], T], standing: Callable[[], T | None]) -> T:
    """Return the result of an attempt; if it fails, it is made up to three times more.

    Args:
        attempt: asks the forge to do something. It may fail although that was done.
        standing: asks the forge for the result; None: nothing was done.

    Raises:
        UserError: if the last attempt fails, or the forge refuses it, or there is no time left.
    """
    pauses = iter(PAUSES)
    while True:
        try:
            return attempt()
        except UserError as error:
            waits = _waits
            if (found := standing()) is not None:
                return found
            # that has waited for the end of a limit: then this was the reason of the failure
            limited = _waits > waits
            if (pause := next(pauses, None)) is None:
                raise
            if not limited and not (
                isinstance(error, TemporaryError) and wait(max(pause, error.pause))
            ):
                raise
