"""Programs that are run for what they say, and what that was when they fail."""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any


def run(words: str | Sequence[str | Path], **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run a program, with options of `subprocess.run`; judge its exit code."""
    return subprocess.run(  # noqa: S603
        words, capture_output=True, encoding="utf-8", errors="replace", **options
    )


def end_others() -> None:
    """End what other programs have left running, where this process is the first of a namespace."""
    if os.getpid() == 1:
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)


def lines(said: str | None, silent: str = "it does not say why") -> list[str]:
    """Return the lines of what a program wrote as it failed: `silent`, if there are none."""
    found = [line.strip() for line in (said or "").splitlines() if line.strip()]
    return found or [silent]
