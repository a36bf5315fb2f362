"""What a job tells GitLab: outputs for the jobs after it, and files that its pages show.

There is no summary of a job: its log says what there is to say, and where the report is.
"""

import json
import os
from pathlib import Path

from retrain.files import whole
from retrain.paths import REPORT

OUTPUTS = Path("outputs.env")  # `artifacts:reports:dotenv`
NEXT = "RETRAIN_NEXT"  # the output `next`, as the jobs after the plan have it
METRICS = Path("metrics.txt")  # `artifacts:reports:metrics`
MADE = Path("reports/metrics.json")  # what the pipeline writes, or the base's


def planned(name: str) -> bool:
    """Tell whether the plan has named this job: which jobs there are is settled before it runs."""
    return os.environ.get(NEXT, name) in (name, "land")


def output(**values: str) -> None:
    """Give values of one line to the jobs after this one, as RETRAIN_NAME."""
    lines = (
        f"RETRAIN_{name.upper()}={' '.join(value.split())}\n" for name, value in values.items()
    )
    with whole(OUTPUTS) as scratch:
        scratch.write_text("".join(lines), "utf-8")


def summarize(markdown: str) -> None:
    """Do nothing: what is worth a summary has been printed."""


def files() -> list[str]:
    """Return none: what `output` writes is in the checkout."""
    return []


def report() -> None:
    """Say where the report will be, and give its metrics to GitLab's own comparison.

    https://docs.gitlab.com/ci/testing/metrics_reports/
    """
    if Path(REPORT).is_file() and (job := os.environ.get("CI_JOB_URL")):
        print(f"The report: {job}/artifacts/file/{REPORT}")
    try:
        model = json.loads(MADE.read_text("utf-8"))["model"]
        lines = [f"{name} {float(value)}\n" for name, value in model.items()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return  # the run has left none, or none that can be read
    with whole(METRICS) as scratch:
        scratch.write_text("".join(lines), "utf-8")
