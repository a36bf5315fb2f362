"""The pipeline of a folder, read."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.e2e.conditions import commands, holds
from tests.e2e.parity import ALARMS, COMMENTS, DEPLOYMENTS, EVERYTHING, NOTHING, Job, Row, Started

RIGHTS = {  # by the environment, and what GitLab shows at its own page of that
    (None, ""): NOTHING,
    ("comment", "access"): COMMENTS,
    ("landing", "access"): EVERYTHING,
    ("monitoring", "access"): ALARMS,
    ("$RETRAIN_DEPLOY", ""): DEPLOYMENTS,
}
KEYWORDS = {"workflow", "stages", "variables", "default", "include"}
SOURCES = (  # all that GitLab knows
    "api", "chat", "external", "external_pull_request_event", "merge_request_event", "ondemand",
    "parent_pipeline", "pipeline", "push", "schedule", "trigger", "web", "webide",
)  # fmt: skip


class GitLab:
    def __init__(self, root: Path) -> None:
        self.header, self.file = YAML(typ="safe").load_all((root / ".gitlab-ci.yml").read_text())
        self.found = {name: job for name, job in self.file.items() if name not in KEYWORDS}
        for each in self.file["include"]:
            self.found |= YAML(typ="safe").load((root / each["local"]).read_text())

    def inputs(self) -> dict[str, Any]:
        given = self.header["spec"]["inputs"]
        return {
            name: (each.get("default", ""), each.get("options")) for name, each in given.items()
        }

    def triggers(self) -> set[str]:
        rows = {source: Row("", source, "") for source in SOURCES}
        return {source for source, row in rows.items() if self.started(row).jobs}

    def started(self, row: Row) -> Started:
        review = row.gitlab == "merge_request_event"
        known = {
            "CI_PIPELINE_SOURCE": row.gitlab,
            "CI_COMMIT_BRANCH": "" if review else row.branch,
            "CI_DEFAULT_BRANCH": "main",
            "RETRAIN_RESULT": row.result,
            "RETRAIN_DEPLOY": row.deploys,
            "RETRAIN_MONITOR": str(row.monitors).lower(),
            "RETRAIN_PAGES": "true",
        }
        workflow = self.file["workflow"]
        if (rule := first(workflow["rules"], known)) is None:
            return Started(frozenset())
        cancels = {**workflow, **rule}["auto_cancel"]["on_new_commit"] == "interruptible"
        always: list[Any] = [{}]
        begins = {name: first(job.get("rules", always), known) for name, job in self.found.items()}
        return Started(
            frozenset(name for name, rule in begins.items() if rule is not None), cancels
        )

    def jobs(self) -> dict[str, Job]:
        return {name: self.job(self.file["default"] | job) for name, job in self.found.items()}

    def job(self, job: Any) -> Job:
        script = [*job.get("before_script", []), *job["script"], *job.get("after_script", [])]
        installs = " ".join(line for line in script if "tools/environment.py" in line)
        environment = job.get("environment", {"name": None})
        minutes, unit = job["timeout"].split()
        assert unit == "minutes"
        used = (environment["name"], environment.get("action", ""))
        return Job(
            tuple(commands(script)),
            frozenset(installs.split()[2:]),
            RIGHTS.get(used, f"as {used}") if "RETRAIN_TOKEN" not in str(job) else "as it says",
            int(minutes),
            frozenset(
                need if isinstance(need, str) else need["job"] for need in job.get("needs", [])
            ),
            any(rule.get("when") == "always" for rule in job.get("rules", [])),
            "resource_group" in job and job["interruptible"] is False,
            bool(job.get("cache")),
        )


def first(rules: Any, known: dict[str, str]) -> Any:
    """Return the first rule that holds, or None: where there is none, or it says never."""
    found = next((rule for rule in rules if holds(rule.get("if", "true"), known)), None)
    return None if found is None or found.get("when") == "never" else found
