"""What a job tells GitHub: outputs for the jobs after it, and a summary that people read."""

import os
from pathlib import Path

from retrain.paths import REPORT

OUTPUT = "GITHUB_OUTPUT"
SUMMARY = "GITHUB_STEP_SUMMARY"


def planned(name: str) -> bool:  # noqa: ARG001 (GitLab's needs it)
    """Tell whether the plan has named this job: else it would not have begun."""
    return True


def output(**values: str) -> None:
    _append(
        OUTPUT, "".join(f"{name}={' '.join(value.split())}\n" for name, value in values.items())
    )


def summarize(markdown: str) -> None:
    _append(SUMMARY, f"{markdown}\n\n")


def files() -> list[str]:
    """Return the files that `output` and `summarize` write."""
    return [path for name in (OUTPUT, SUMMARY) if (path := os.environ.get(name))]


def report() -> None:
    if Path(REPORT).is_file():
        summarize(Path(REPORT).read_text("utf-8"))


def _append(variable: str, content: str) -> None:
    if path := os.environ.get(variable):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(content)
