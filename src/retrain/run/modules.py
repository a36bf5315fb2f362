"""The modules of src/pipeline, run as programs: nothing in here imports them."""

import subprocess
import sys
from pathlib import Path


def command(module: str, *words: str | Path, python: str = sys.executable) -> list[str]:
    """Return the words that run a module."""
    return [python, "-m", f"pipeline.{module}", *map(str, words)]


def run(module: str, *words: str | Path) -> int:
    """Run a module, which says itself what is wrong; return its exit code."""
    return subprocess.run(command(module, *words)).returncode  # noqa: S603
