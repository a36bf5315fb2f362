"""What a job tells its forge: outputs for the jobs after it, and a summary that people read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retrain.ci.publish import REPORT
from retrain.ci.report.markdown import alert, text
from retrain.errors import UserError

OUTPUT = "GITHUB_OUTPUT"
SUMMARY = "GITHUB_STEP_SUMMARY"


def output(**values: str) -> None:
    """Give values of one line to the jobs and steps after this one."""
    _append(
        OUTPUT, "".join(f"{name}={' '.join(value.split())}\n" for name, value in values.items())
    )


def summarize(markdown: str) -> None:
    """Put Markdown into the job's summary."""
    _append(SUMMARY, f"{markdown}\n\n")


def summarize_report() -> None:
    """Put the report, if the run has left one, into the job's summary."""
    if Path(REPORT).is_file():
        summarize(Path(REPORT).read_text("utf-8"))


@contextmanager
def told() -> Iterator[None]:
    """Put a refusal into the summary too: whoever looks at a red job need not open its log."""
    try:
        yield
    except UserError as error:
        summarize(alert("CAUTION", text(str(error), 1000)))
        raise


def _append(variable: str, content: str) -> None:
    if path := os.environ.get(variable):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(content)
