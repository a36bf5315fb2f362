"""Runs of either forge: begun by its API, and what becomes of them as a test has said.

https://docs.github.com/en/rest/actions/workflows and https://docs.gitlab.com/api/pipelines/
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.e2e.forge.routes import NOT_FOUND, Request, invalid, route
from tests.e2e.forge.state import Reply, State

WORKFLOW = r"/actions/workflows/([\w.-]+)"
FIRST = 5000  # the id of the first one
PARTS = {"reason", "result", "new-data", "parameters", "context", "runner"}  # of GitHub's button


@dataclass
class Run:
    """A run; each time that it is asked for, the next of `states` holds, up to the last."""

    id: int
    source: str  # the event, as its forge calls it
    inputs: dict[str, Any] = field(default_factory=dict)
    states: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # and of its jobs
    created: str = ""
    workflow: str = "retrain.yml"

    def next(self) -> str:
        if len(self.states) > 1:
            self.states.pop(0)
        return self.states[0][0]


def begin(forge: State, source: str, inputs: dict[str, Any] | None = None) -> Run:
    """Begin a run that goes through what the forge's `course` says."""
    number = max((each.id for each in forge.runs), default=FIRST - 1) + 1
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    course = [("queued", {}), *forge.course]
    forge.runs.append(run := Run(number, source, inputs or {}, course, made))
    return run


def found(forge: State, identity: int) -> Run | None:
    return next((each for each in forge.runs if each.id == identity), None)


def completed(state: str) -> dict[str, Any]:
    """Return a state as GitHub shows it, in two words."""
    running = state in ("queued", "in_progress", "waiting")
    return {
        "status": state if running else "completed",
        "conclusion": None if running else state,
    }


@route("POST", f"{WORKFLOW}/dispatches")
def dispatch_workflow(request: Request, workflow: str) -> Reply:
    forge, body = request.forge, request.body
    if workflow != "retrain.yml":
        return NOT_FOUND
    if body["ref"] not in forge.branches:
        return Reply(422, {"message": f"No ref found for: {body['ref']}"})
    if not set(body.get("inputs", {})) <= PARTS:
        return Reply(422, {"message": "Unexpected inputs provided"})
    run = begin(forge, "workflow_dispatch", body.get("inputs"))
    if not body.get("return_run_details"):
        return Reply(204)
    return Reply(200, {"workflow_run_id": run.id, "run_url": "", "html_url": address(forge, run)})


def address(forge: State, run: Run) -> str:
    return f"{forge.url}/{forge.slug}/actions/runs/{run.id}"


@route("GET", f"{WORKFLOW}/runs")
def list_runs(request: Request, workflow: str) -> Reply:
    wanted = (workflow, request.query.get("event"))
    newest_first = [
        {"id": each.id, "event": each.source, "created_at": each.created}
        for each in reversed(request.forge.runs)
        if (each.workflow, each.source) == wanted
    ]
    size = int(request.query.get("per_page", 30))
    return Reply(200, {"total_count": len(newest_first), "workflow_runs": newest_first[:size]})


@route("GET", r"/actions/runs/(\d+)")
def get_run(request: Request, identity: str) -> Reply:
    forge, number = request.forge, int(identity)
    if (run := found(forge, number)) is None:
        return Reply(200, {"id": number, "created_at": forge.began[number]})
    shown = {"id": run.id, "created_at": run.created, "run_started_at": run.created}
    return Reply(200, shown | {"html_url": address(forge, run)} | completed(run.next()))


@route("GET", r"/actions/runs/(\d+)/jobs")
def list_jobs_of_run(request: Request, identity: str) -> Reply:
    if (run := found(request.forge, int(identity))) is None:
        return NOT_FOUND
    jobs = [{"name": name} | completed(state) for name, state in run.states[0][1].items()]
    return Reply(200, {"total_count": len(jobs), "jobs": jobs})


@route("POST", "/dispatches")
def dispatch(request: Request) -> Reply:
    """Start what listens to a word, as GitHub does: of us, a retraining to an alarm."""
    body = request.body
    if not isinstance(body, dict) or not set(body) <= {"event_type", "client_payload"}:
        return Reply(422, {"message": "Invalid request."})
    if not isinstance(body.get("event_type"), str):
        return Reply(422, {"message": 'Invalid request. "event_type" wasn\'t supplied.'})
    payload = body.get("client_payload", {})
    if not isinstance(payload, dict) or len(payload) > 10:
        return invalid("Dispatch", code="invalid", field="client_payload")
    request.forge.dispatched.append(body)
    if body["event_type"] == "drift-alert":
        begin(request.forge, "repository_dispatch", payload)
    return Reply(204)


# GitLab's


def create_pipeline(forge: State, given: dict[str, Any]) -> Reply:
    if given["ref"] not in forge.branches:
        return Reply(400, {"message": {"base": ["Reference not found"]}})
    run = begin(forge, "api", given.get("inputs"))
    return Reply(201, pipeline(forge, run))


def trigger(forge: State, given: dict[str, Any]) -> Reply:
    """Start a pipeline; the token that may is in what was sent, and GitLab tells two kinds apart."""
    sources = dict.fromkeys(forge.readers, "pipeline") | dict.fromkeys(forge.triggers, "trigger")
    if (source := sources.get(str(given.get("token")))) is None:
        return Reply(404, {"message": "404 Not Found"})
    inputs = given.get("inputs") or {
        key.removeprefix("inputs[").removesuffix("]"): value
        for key, value in given.items()
        if key.startswith("inputs[")
    }
    if any(not isinstance(each, str) for each in inputs.values()):
        return Reply(400, {"message": {"base": ["`reason` input: provided value is not a string"]}})
    if len(inputs.get("reason", "")) > 1000:
        return Reply(400, {"message": {"base": ["`reason` input: does not match the pattern"]}})
    forge.dispatched.append({"source": source, "inputs": inputs})
    return Reply(201, pipeline(forge, begin(forge, source, inputs)))


def pipeline(forge: State, run: Run, state: str = "created") -> dict[str, Any]:
    return {
        "id": run.id,
        "source": run.source,
        "status": state,
        "created_at": run.created,
        "web_url": f"{forge.url}/{forge.slug}/-/pipelines/{run.id}",
    }


def list_pipelines(forge: State, given: dict[str, Any]) -> Reply:
    newest_first = [each for each in reversed(forge.runs) if each.source == given["source"]]
    return Reply(200, [pipeline(forge, each) for each in newest_first[: int(given["per_page"])]])


def get_pipeline(forge: State, _: dict[str, Any], number: int) -> Reply:
    if (run := found(forge, number)) is None:
        return Reply(404, {"message": "404 Not found"})
    return Reply(200, pipeline(forge, run, run.next()))


def jobs_of(forge: State, number: int) -> list[dict[str, Any]] | None:
    if (run := found(forge, number)) is None:
        return None
    states = run.states[0][1].items()
    return [
        {"id": 10 * number + place, "name": name, "status": state}
        for place, (name, state) in enumerate(states)
    ]


OF_GITLAB: list[tuple[str, str, Callable[..., Reply]]] = [
    ("POST", "pipeline", create_pipeline),
    ("GET", "pipelines", list_pipelines),
    ("GET", r"pipelines/(\d+)", get_pipeline),
]
