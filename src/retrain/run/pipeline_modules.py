"""The modules of src/pipeline, run as programs: no module of the machine imports them."""

import subprocess
import sys
from pathlib import Path

from retrain.errors import UserError


def command(module: str, *words: str | Path, python: str = sys.executable) -> list[str]:
    return [python, "-m", f"pipeline.{module}", *map(str, words)]


def run(module: str, *words: str | Path) -> int:
    """Run a module, which prints its own errors; return its exit code.

    Raises:
        UserError: if it was killed, and so has said nothing.
    """
    code = subprocess.run(command(module, *words)).returncode  # noqa: S603
    if code < 0:
        raise UserError(
            f"pipeline.{module} was killed by signal {-code}, as where memory runs out; free some, "
            "and run the same command again"
        )
    return code
