"""Runs of the workflow `retrain` at GitHub: begun, followed, read; and the alarm that begins one.

https://docs.github.com/en/rest/actions/workflows and https://docs.github.com/en/rest/actions/workflow-runs
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from retrain.ci.api import archive
from retrain.ci.api.types import Run
from retrain.ci.doctor.reading import Repository
from retrain.ci.github.events import ALARM
from retrain.errors import UserError
from retrain.paths import FACTS
from retrain.report import publish

WORKFLOW = "actions/workflows/retrain.yml"
NAME = "report"  # of the artifact


def start(found: Repository, inputs: Mapping[str, str]) -> Run:
    """Press the button on the default branch; return the run that this has begun.

    https://github.blog/changelog/2026-02-19-workflow-dispatch-api-now-returns-run-ids/
    """
    asked = {"ref": found.default_branch, "inputs": dict(inputs), "return_run_details": True}
    begun = found.post(f"{WORKFLOW}/dispatches", asked)
    if not begun:
        raise UserError(
            "a run has begun, and this server does not say which one, because its version is too "
            "old; look for it on its page of Actions"
        )
    return Run(int(begun["workflow_run_id"]), str(begun["html_url"]), "queued")


def now(found: Repository, run: int) -> Run:
    about = found.get(f"actions/runs/{run}")
    ended = about["status"] == "completed"
    return Run(run, str(about["html_url"]), _state(about), ended, _jobs(found, run))


def facts(found: Repository, run: int) -> bytes | None:
    """Return what the report of a run says, which need not be trusted; None: it has left none."""
    about = found.get(f"actions/runs/{run}")
    listed = found.get(f"actions/runs/{run}/artifacts", name=NAME, per_page=100)["artifacts"]
    if (newest := newest_report(listed, about)) is None:
        return None
    url = f"{found.api}/{found.path}/actions/artifacts/{newest}/zip"
    return archive.fetched(url, found.headers, FACTS, publish.LARGEST + 1)


def newest_report(artifacts: Iterable[Any], run: Mapping[str, Any]) -> int | None:
    """Return the number of the newest report of this attempt of a run: attempts share its id."""
    fit = (
        int(each["id"])
        for each in artifacts
        if each["name"] == NAME
        and not each["expired"]
        and each["created_at"] >= run["run_started_at"]
    )
    return max(fit, default=None)


def raise_alarm(found: Repository, reason: str, cause: str) -> None:
    """Start a retraining; `cause` is the name of what has moved."""
    payload = {"reason": reason, "cause": cause}
    found.post("dispatches", {"event_type": ALARM, "client_payload": payload})


def last_alarm(found: Repository) -> datetime | None:
    """Return when the newest run began that an alarm has started, from here or elsewhere."""
    newest = found.get(f"{WORKFLOW}/runs", event="repository_dispatch", per_page=1)["workflow_runs"]
    return datetime.fromisoformat(newest[0]["created_at"]) if newest else None


def _jobs(found: Repository, run: int) -> dict[str, str]:
    jobs = found.get(f"actions/runs/{run}/jobs", per_page=100)["jobs"]
    return {str(each["name"]): _state(each) for each in jobs}


def _state(about: Any) -> str:
    return str(about["conclusion"] or about["status"])
