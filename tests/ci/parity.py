"""What each forge's own files say of an event and of a job, in the same words for both.

Read statically: `on`, `if`, `rules`, `permissions`, `environment`…
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.ci.conditions import commands, holds

NOTHING, COMMENTS, EVERYTHING = "nothing", "comments", "branches, tags, proposals"
RIGHTS = {  # GitHub's permissions to write; GitLab's environment, which has the token
    frozenset(): NOTHING,
    None: NOTHING,
    frozenset({"pull-requests"}): COMMENTS,
    "comment": COMMENTS,
    frozenset({"contents", "pull-requests"}): EVERYTHING,
    "landing": EVERYTHING,
}
# what only one of them needs. GitHub's comment is another run, which must fetch the report of the
# first; GitLab's image has no Node
ALONE = {"retrain ci artifact", "node"}


@dataclass(frozen=True)
class Job:
    """What a job runs, with what, and what it may do."""

    commands: tuple[str, ...]
    groups: frozenset[str]
    may_write: str
    minutes: int
    one_at_a_time: bool = False
    restores_caches: bool = True


@dataclass(frozen=True)
class Row:
    """Something that happens, as each forge calls it, and what the plan then asks for."""

    github: str
    gitlab: str
    next: str
    result: str = "report"  # of the button


class GitHub:
    """The workflows of a folder."""

    def __init__(self, root: Path) -> None:
        files = sorted((root / ".github/workflows").glob("*.yml"))
        self.workflows = [YAML(typ="safe").load(file.read_text()) for file in files]
        self.root = root

    def inputs(self) -> dict[str, Any]:
        (found,) = (
            w["on"]["workflow_dispatch"]["inputs"]
            for w in self.workflows
            if "workflow_dispatch" in w["on"]
        )
        return {
            name: (each.get("default", ""), each.get("options")) for name, each in found.items()
        }

    def jobs_of(self, row: Row) -> set[str]:
        """Return the jobs that an event starts on the default branch, and where none fails."""
        known = {
            "needs.plan.outputs.next": row.next,
            "github.ref": "refs/heads/main",
            "github.event.workflow_run.event": row.github,
            "github.event.workflow_run.conclusion": "success",
        }
        by_name = {workflow["name"]: workflow for workflow in self.workflows}
        started = [w for w in self.workflows if row.github in w["on"]]
        follows = [
            w
            for w in self.workflows
            for name in (w["on"].get("workflow_run") or {"workflows": []})["workflows"]
            if by_name[name] in started
        ]
        return {
            name
            for workflow in started + follows
            for name, job in workflow["jobs"].items()
            if holds(job.get("if", "true"), known)
        }

    def jobs(self) -> dict[str, Job]:
        return {
            name: self.job(workflow, job)
            for workflow in self.workflows
            for name, job in workflow["jobs"].items()
        }

    def job(self, workflow: Any, job: Any) -> Job:
        permissions = {**workflow["permissions"], **job["permissions"]}
        writes = frozenset(key for key, value in permissions.items() if value == "write")
        steps = list(self.steps(job["steps"]))
        groups = " ".join(step.get("with", {}).get("groups", "") for step in steps)
        return Job(
            tuple(commands((step.get("run", "") for step in steps), ALONE)),
            frozenset(groups.split()) if "make test" not in str(steps) else frozenset(),
            RIGHTS.get(writes, f"as {sorted(writes)}"),
            job["timeout-minutes"],
            job.get("concurrency") == {"group": "landing", "queue": "max"},
            job.get("cache-mode", workflow["cache-mode"]) == "read",
        )

    def steps(self, steps: Any) -> Iterator[Any]:
        """Yield the steps of a job, and those of this repository's actions in their places."""
        for step in steps:
            yield step
            if (action := step.get("uses", "")).startswith("./"):
                file = self.root / action / "action.yml"
                yield from self.steps(YAML(typ="safe").load(file.read_text())["runs"]["steps"])


class GitLab:
    """The pipeline of a folder."""

    def __init__(self, root: Path) -> None:
        self.header, self.file = YAML(typ="safe").load_all((root / ".gitlab-ci.yml").read_text())
        keywords = {"workflow", "stages", "variables", "default", "include"}
        self.found = {name: job for name, job in self.file.items() if name not in keywords}
        for each in self.file["include"]:
            self.found |= YAML(typ="safe").load((root / each["local"]).read_text())

    def inputs(self) -> dict[str, Any]:
        found = self.header["spec"]["inputs"]
        return {
            name: (each.get("default", ""), each.get("options")) for name, each in found.items()
        }

    def jobs_of(self, row: Row) -> set[str]:
        """Return the jobs that an event starts on the default branch, and where none fails."""
        review = row.gitlab == "merge_request_event"
        known = {
            "CI_PIPELINE_SOURCE": row.gitlab,
            "CI_COMMIT_BRANCH": "" if review else "main",
            "CI_DEFAULT_BRANCH": "main",
            "RETRAIN_RESULT": row.result,
        }
        if not self.begins(self.file["workflow"]["rules"], known):
            return set()
        always: list[Any] = [{}]
        return {n for n, job in self.found.items() if self.begins(job.get("rules", always), known)}

    def begins(self, rules: Any, known: dict[str, str]) -> bool:
        for rule in rules:
            if "if" not in rule or holds(rule["if"], known):
                return bool(rule.get("when") != "never")
        return False

    def jobs(self) -> dict[str, Job]:
        return {name: self.job(job) for name, job in self.found.items()}

    def job(self, job: Any) -> Job:
        environment = job.get("environment")
        assert environment is None or environment["action"] == "access"
        installs = " ".join(line for line in job["script"] if "tools/environment.py" in line)
        minutes, unit = job["timeout"].split()
        assert unit == "minutes"
        return Job(
            tuple(commands(job["script"], ALONE)),
            frozenset(installs.split()[2:]) - ALONE,
            RIGHTS[environment and environment["name"]],
            int(minutes),
            job.get("resource_group") == "landing" and job["interruptible"] is False,
            job.get("cache") != [],
        )
