"""The workflows of a folder, read."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.e2e.conditions import commands, holds
from tests.e2e.parity import ALARMS, COMMENTS, DEPLOYMENTS, EVERYTHING, NOTHING, Job, Row, Started
from tools.enterprise_server import rewritten

RIGHTS = {  # by the permissions to write
    frozenset(): NOTHING,
    frozenset({"pull-requests"}): COMMENTS,
    frozenset({"contents", "pull-requests"}): EVERYTHING,
    frozenset({"contents"}): ALARMS,
    # the other two are for the attestation, which only GitHub makes
    frozenset({"contents", "id-token", "attestations"}): DEPLOYMENTS,
}
TOKENS = {"${{ github.token }}", "${{ steps.app.outputs.token || inputs.token }}"}
SETUP = "./.github/actions/setup"
BY_ITSELF = {"publish"}  # what GitLab does without a job of ours
SET_UP = {  # actions of others
    "actions/attest-build-provenance",
    "actions/checkout",
    "actions/create-github-app-token",
    "actions/download-artifact",
    "actions/setup-python",
    "actions/upload-artifact",
    "actions/upload-pages-artifact",
    "aws-actions/configure-aws-credentials",
}


class GitHub:
    def __init__(self, root: Path) -> None:
        self.root = root
        files = sorted((root / ".github/workflows").glob("*.yml"))
        # as at github.com: what a server's differ in is test_server.py's
        texts = [rewritten(file.read_text(), "github") for file in files]
        read = [YAML(typ="safe").load(text) for text in texts]
        self.workflows: dict[str, Any] = {workflow["name"]: workflow for workflow in read}

    def inputs(self, workflow: str = "retrain") -> dict[str, Any]:
        given = self.workflows[workflow]["on"]["workflow_dispatch"]["inputs"]
        return {
            name: (each.get("default", ""), each.get("options")) for name, each in given.items()
        }

    def triggers(self) -> set[str]:
        return {event for w in self.workflows.values() for event in w["on"]} - {"workflow_run"}

    def started(self, row: Row) -> Started:
        first = {name: w for name, w in self.workflows.items() if self.starts(name, w["on"], row)}
        after = [
            w for w in self.workflows.values() if first.keys() & set(self.follows(w, row.branch))
        ]
        known = {
            "needs.plan.outputs.next": row.next,
            "needs.look.outputs.alarm": "true",
            "github.event_name": row.github,
            "github.ref": f"refs/heads/{row.branch}",
            "github.ref_name": row.branch,
            "github.event.repository.default_branch": "main",
            "github.event.workflow_run.head_branch": row.branch,
            "github.event.workflow_run.event": row.github,
            "github.event.workflow_run.conclusion": "success",
        }
        jobs = frozenset(
            name
            for workflow in [*first.values(), *after]
            for name, job in workflow["jobs"].items()
            if name not in BY_ITSELF and holds(job.get("if", "true"), known)
        )
        if "retrain" not in first:
            return Started(jobs)
        cancels = str(first["retrain"]["concurrency"]["cancel-in-progress"]).strip("${ }")
        return Started(jobs, holds(cancels, known))

    def starts(self, name: str, on: Any, row: Row) -> bool:
        if row.github not in on:
            return False
        if row.github == "workflow_dispatch" and (name == "deploy") != (row.deploys != "none"):
            return False
        if row.github in ("workflow_dispatch", "schedule") and (name == "monitor") != row.monitors:
            return False
        given = on[row.github] if isinstance(on[row.github], dict) else {}
        assert set(given) <= {"branches", "types", "inputs"}, f"a filter of another kind: {given}"
        fits = row.branch in given.get("branches", [row.branch])
        return fits and row.type in given.get("types", [row.type])

    def follows(self, workflow: Any, branch: str = "main") -> list[str]:
        """Return the workflows whose end, on a branch, starts this one."""
        on = workflow["on"].get("workflow_run") or {"workflows": []}
        return list(on["workflows"]) if branch in on.get("branches", [branch]) else []

    def jobs(self) -> dict[str, Job]:
        return {
            name: self.job(workflow, job)
            for workflow in self.workflows.values()
            for name, job in workflow["jobs"].items()
            if name not in BY_ITSELF
        }

    def job(self, workflow: Any, job: Any) -> Job:
        steps = list(self.steps(job["steps"]))
        done = commands(filter(None, map(self.does, steps)))
        permissions = {**workflow["permissions"], **job["permissions"]}
        writes = frozenset(key for key, value in permissions.items() if value == "write")
        strange = {step.get("env", {}).get("RETRAIN_TOKEN") for step in steps} - TOKENS - {None}
        setup = [step["with"]["groups"] for step in steps if step.get("uses") == SETUP]
        before = [self.workflows[name]["jobs"] for name in self.follows(workflow)]
        ended = {"github.event_name": "workflow_run", "github.ref_name": "main"}
        ended["github.event.repository.default_branch"] = "main"
        ended["github.event.workflow_run.head_branch"] = "main"
        ended["github.event.workflow_run.conclusion"] = "failure"
        reviews, others = (
            bool(before) and holds(job["if"], ended | {"github.event.workflow_run.event": event})
            for event in ("pull_request", "push")
        )
        # of a review, the last job is the build
        last = [[*(jobs.keys() & {"build"})] if reviews else [*jobs][-1:] for jobs in before]
        serial = {"concurrency": {}} | workflow | job
        return Job(
            tuple(done),
            frozenset(" ".join(setup).split()),  # `make test` sets itself up
            f"as {strange}" if strange else RIGHTS.get(writes, f"as {sorted(writes)}"),
            job["timeout-minutes"],
            frozenset(chain(*last) if before else words(job)),
            reviews or others,
            serial["concurrency"].get("queue") == "max",
            any("cache" in step.get("uses", "") for step in steps),
        )

    def does(self, step: Any) -> str:
        """Return what a step runs: a line of shell, or an action, unless that sets up."""
        action = str(step.get("uses", "./")).partition("@")[0]
        return str(step.get("run") or ("" if action in SET_UP or action[0] == "." else action))

    def steps(self, steps: Any) -> Iterator[Any]:
        """Yield the steps of a job, and those of this repository's actions in their places."""
        for step in steps:
            yield step
            if (action := step.get("uses", "")).startswith("./"):
                file = self.root / action / "action.yml"
                yield from self.steps(YAML(typ="safe").load(file.read_text())["runs"]["steps"])


def words(job: Any) -> list[str]:
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else list(needs)
