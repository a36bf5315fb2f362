"""The modules of src/pipeline, run as programs: no module of the machine imports them."""

import subprocess
import sys
from pathlib import Path


def command(module: str, *words: str | Path, python: str = sys.executable) -> list[str]:
    return [python, "-m", f"pipeline.{module}", *map(str, words)]


def run(module: str, *words: str | Path) -> int:
    """Run a module, which prints its own errors; return its exit code."""
    return subprocess.run(command(module, *words)).returncode  # noqa: S603
