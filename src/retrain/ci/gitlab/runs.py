"""Pipelines at GitLab: begun, followed, read; and the alarm that begins one.

https://docs.gitlab.com/api/pipelines/ and https://docs.gitlab.com/api/pipeline_triggers/
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from retrain.ci.api import archive, rest
from retrain.ci.api.types import Run
from retrain.ci.doctor.reading import Repository
from retrain.ci.gitlab.events import ALARMS
from retrain.errors import UserError
from retrain.paths import FACTS
from retrain.repo import tokens
from retrain.report import publish

ENDED = ("success", "failed", "canceled", "skipped")
REPORT = ("build", "plan")  # the jobs that leave one, the one that counts first


def start(found: Repository, inputs: Mapping[str, str]) -> Run:
    """Press the button on the default branch; return the pipeline that this has begun."""
    return _run(found.post("pipeline", {"ref": found.default_branch, "inputs": dict(inputs)}))


def now(found: Repository, run: int) -> Run:
    about = found.get(f"pipelines/{run}")
    return _run(about, {str(each["name"]): str(each["status"]) for each in _jobs(found, run)})


def facts(found: Repository, run: int) -> bytes | None:
    """Return what the report of a pipeline says, which need not be trusted; None: there is none."""
    jobs = {each["name"]: int(each["id"]) for each in _jobs(found, run)}
    for name in REPORT:
        if name in jobs:
            url = f"{found.api}/{found.path}/jobs/{jobs[name]}/artifacts/{FACTS}"
            if content := archive.plain(url, found.headers, publish.LARGEST):
                return content
    return None


def raise_alarm(found: Repository, reason: str, cause: str) -> None:
    """Start a retraining, by the job's own token; `cause` is the name of what has moved."""
    if not (token := tokens.reader()):
        raise UserError(f"this job has no {tokens.READER}, by which it starts a pipeline")
    inputs = {"reason": reason, "cause": cause}
    asked = {"token": token, "ref": found.default_branch, "inputs": inputs}
    rest.call(found.forge, "POST", found.api, f"{found.path}/trigger/pipeline", {}, json=asked)


def last_alarm(found: Repository) -> datetime | None:
    """Return when the newest pipeline of any alarm was made, of one from elsewhere too."""
    newest = (found.get("pipelines", source=source, per_page=1) for source in ALARMS)
    made = [datetime.fromisoformat(each["created_at"]) for some in newest for each in some]
    return max(made, default=None)


def _jobs(found: Repository, run: int) -> Any:
    """Return the newest try of each job."""
    return found.every(f"pipelines/{run}/jobs")


def _run(about: Any, jobs: Mapping[str, str] | None = None) -> Run:
    state = str(about["status"])
    return Run(int(about["id"]), str(about["web_url"]), state, state in ENDED, jobs or {})
