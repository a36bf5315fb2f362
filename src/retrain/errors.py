"""What a user can cause, said in one sentence: what is wrong, in which file, and the remedy."""

import errno
import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import ParamSpec

P = ParamSpec("P")

# Names a file into which a program's sentence also goes: the caller can then repeat it.
REPORT = "RETRAIN_ERROR"

INTERRUPTED = "interrupted; run the same command again to go on"
STORAGE = {
    errno.ENOSPC: "the disk is full; free some space and run the same command again",
    errno.EDQUOT: "your disk quota is used up; free some space and run the same command again",
    errno.EFBIG: "the file would be larger than this system allows; free some space or raise "
    "`ulimit -f`, and run the same command again",
    errno.EROFS: "the disk is read-only; run where the folder can be written",
    errno.ENOENT: "no such file or folder; check the path",
    errno.ENOTDIR: "not a folder; check the path",
    errno.EISDIR: "a folder, and no file; check the path",
    errno.EACCES: "permission denied; make it writable for your user",
}


class UserError(Exception):
    """Something that the user can fix. Its text is one sentence that names file and remedy."""

    code = 1  # of the exit


def from_os_error(error: OSError, path: object) -> UserError | None:
    """Return the sentence for an operating system's refusal, or None where it is no such thing."""
    reason = STORAGE.get(error.errno or 0)
    return UserError(f"{path}: {reason}") if reason else None


def suggest(word: str, known: Iterable[str]) -> str:
    """Return `did you mean 'x'?` where a known word is near, else the known words."""
    known = sorted(known)
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"


def is_near(word: str, known: Iterable[str]) -> bool:
    """Return whether a word looks like a known one that is misspelt."""
    return bool(get_close_matches(word, list(known), n=1, cutoff=0.85))


def shorten_interrupts() -> None:
    """Let Ctrl-C end this program with one line, and no traceback, also while it imports."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            print(INTERRUPTED, file=sys.stderr)
        else:
            before(kind, error, trace)

    sys.excepthook = hook


def reported(main: Callable[P, None]) -> Callable[P, None]:
    """Make a program's `main` end a `UserError` as one line on stderr and its exit code."""

    @functools.wraps(main)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            main(*args, **kwargs)
        except UserError as error:
            if path := os.environ.get(REPORT):
                Path(path).write_text(str(error), "utf-8")
            print(f"error: {error}", file=sys.stderr)
            sys.exit(error.code)
        except OSError as error:
            if known := from_os_error(error, error.filename or "writing"):
                sys.exit(f"error: {known}")
            raise
        except ModuleNotFoundError as error:
            if (error.name or "retrain").startswith("retrain"):
                raise
            sys.exit(
                f"error: {error.name} is not installed here; `make` sets up what a command needs: "
                "make train, make judge, make land"
            )

    return wrapped


@contextmanager
def within(place: object) -> Iterator[None]:
    """Put `place`, a file as a rule, before the text of a `UserError` raised inside."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{place}: {error}") from None
