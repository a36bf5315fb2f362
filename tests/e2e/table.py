"""What happens, and what it starts, at either forge: the table that both forges' files are held to."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.e2e.github.reading import GitHub
from tests.e2e.gitlab.reading import GitLab
from tests.e2e.parity import (
    ALARMS,
    COMMENTS,
    DEPLOYMENTS,
    EVERYTHING,
    NOTHING,
    Job,
    Reader,
    Row,
    Started,
)

FORGES: list[Reader] = [GitHub, GitLab]
REVIEW = Row("pull_request", "merge_request_event", "build", branch="change", type="synchronize")
PUSH = Row("push", "push", "land")
NIGHT = Row("schedule", "schedule", "land")
REPORT = Row("workflow_dispatch", "web", "build")
PROPOSE = Row("workflow_dispatch", "web", "land", "propose")
BY_API = Row("workflow_dispatch", "api", "land", "propose")
DEPLOY = Row("workflow_dispatch", "web", "", deploys="production")
ALARM = Row("repository_dispatch", "trigger", "land", type="drift-alert")
OUR_ALARM = replace(ALARM, gitlab="pipeline")  # of a job
LANDS, BUILDS = frozenset({"plan", "build", "land"}), frozenset({"plan", "build"})
LOOKS = frozenset({"look", "alarm"})
DEPLOYS = frozenset({"bundle", "deploy", "pages"})
EVENTS = {
    # pushes to a branch that is reviewed start the review alone, and a newer one ends the older
    REVIEW: Started(BUILDS | {"comment", "test"}, cancels=True),
    PUSH: Started(LANDS | {"test", "pages"}),
    NIGHT: Started(LANDS),
    REPORT: Started(BUILDS | {"pages"}),
    PROPOSE: Started(LANDS | {"pages"}),
    BY_API: Started(LANDS | {"pages"}),
    ALARM: Started(LANDS),
    OUR_ALARM: Started(LANDS),
    Row("schedule", "schedule", "", monitors=True): Started(LOOKS),
    Row("workflow_dispatch", "web", "", monitors=True): Started(LOOKS),
    DEPLOY: Started(DEPLOYS),
    Row("workflow_dispatch", "api", "", "propose", deploys="staging"): Started(DEPLOYS),
    # elsewhere than on the default branch nothing lands
    Row("push", "push", "land", branch="change"): Started(frozenset()),
    Row("workflow_dispatch", "web", "land", "propose", "change"): Started(BUILDS),
}
DATA = frozenset({"dvc", "pipeline", "validate", "gate"})
JOBS = {
    "plan": Job(("retrain ci plan",), frozenset({"dvc"}), NOTHING, 15),
    "build": Job(
        (
            "retrain ci start",
            "retrain ci isolate dvc repro --no-run-cache",
            "retrain ci gate",
            "retrain ci report",
        ),
        DATA,
        NOTHING,
        60,
        needs=frozenset({"plan"}),
    ),
    "land": Job(
        ("retrain ci land", "retrain ci retry cml pr create", "retrain ci close-older"),
        frozenset({"dvc", "forge", "node"}),
        EVERYTHING,
        15,
        needs=frozenset({"plan", "build"}),
        one_at_a_time=True,
    ),
    "comment": Job(
        (
            "retrain ci review",
            "retrain ci retry cml comment update --target=pr/NUMBER --publish=false comment.md",
        ),
        frozenset({"forge", "node"}),
        COMMENTS,
        10,
        needs=frozenset({"build"}),
        after_failure=True,
        one_at_a_time=True,
    ),
    "look": Job(("retrain ci monitor",), frozenset({"dvc", "pipeline", "gate"}), NOTHING, 30),
    "alarm": Job(
        ("retrain ci alarm",),
        frozenset({"dvc", "forge"}),
        ALARMS,
        15,
        needs=frozenset({"look"}),
        one_at_a_time=True,
    ),
    "bundle": Job(("retrain ci bundle",), frozenset({"dvc"}), NOTHING, 15),
    "deploy": Job(
        ("retrain ci deploy", "retrain ci release", "retrain ci announce"),
        frozenset({"dvc", "forge", "release"}),
        DEPLOYMENTS,
        15,
        needs=frozenset({"bundle"}),
        one_at_a_time=True,
    ),
    "pages": Job(
        ("retrain ci pages",),
        frozenset({"dvc"}),
        NOTHING,
        15,
        needs=frozenset({"land", "deploy"}),
        after_failure=True,
    ),
    "test": Job(("make test", "make test-machine"), frozenset(), NOTHING, 60),
}


def reading(forge: Reader, root: Path) -> Any:
    """Return all that is compared, of the files in a folder."""
    files = forge(root)
    own = "github" if forge is GitHub else "gitlab"
    return (
        {row: files.started(row) for row in EVENTS},
        files.jobs(),
        files.triggers() ^ {getattr(row, own) for row in EVENTS},
    )
