"""The line of versions that this process works on: the default branch's, or a context's own.

A context is one value of a column of the data, such as one shop; policy.yaml names them. Its
line is named by the suffix of its artifact, of its branch and of its record of landings.
"""

import os
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from retrain.errors import UserError

VARIABLE = "RETRAIN_CONTEXT"
FOLDER = "context"  # of the lines' branches


def name_of(value: str) -> str:
    """Return a context's name as part of a branch and of a tag; nothing where it has no letter."""
    return re.sub("[^a-z0-9]+", "-", value.lower()).strip("-")


def value() -> str | None:
    """Return the context whose line this is; None: it is the default branch's."""
    return os.environ.get(VARIABLE) or None


def name() -> str:
    """Return the name of the context, or nothing."""
    if (context := value()) is None:
        return ""
    if found := name_of(context):
        return found
    raise UserError(f"the context {context!r} has no letter a to z and no digit; name another one")


def suffix() -> str:
    return f"-{name()}" if value() else ""


def branch() -> str | None:
    """Return the branch of the context's line; None: it is the default one."""
    return f"{FOLDER}/{name()}" if value() else None


def option() -> str:
    """Return what a command needs to be about this line, after its name."""
    return f" --context {shlex.quote(found)}" if (found := value()) else ""


def land() -> str:
    """Return the command that lands on this line."""
    return f"retrain land{option()}" if value() else "make land"


@contextmanager
def of(context: str | None) -> Iterator[None]:
    """Work on the line of a context, or on the default branch's, and then on this one again."""
    before = os.environ.pop(VARIABLE, None)
    if context:
        os.environ[VARIABLE] = context
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        if before:
            os.environ[VARIABLE] = before
