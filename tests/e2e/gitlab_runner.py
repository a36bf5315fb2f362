"""GitLab's runner on this machine: the real .gitlab-ci.yml, executed by gitlab-ci-local.

Each job has a folder of its own, with what the runner would fetch and the artifacts that it needs.
What gitlab-ci-local does not honour (`workflow`, `retry`, `timeout`, `resource_group`) is read by
test_files.py.
"""

import json
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from retrain.repo.git import NOTHING
from tests.e2e.act import Done
from tests.e2e.gitlab_ci_local import DEPLOYS, LOOKS, NODE, OPTIONS, PROGRAM, needed, read
from tests.e2e.runner import COMMENT_TOKEN, JOB_TOKEN, LOOK_TOKEN, Runner
from tests.toys import toys

DEFAULTS = {"reason": "to see"}


@dataclass
class GitLab(Runner):
    """Runs pipelines."""

    tokens: bool = True  # whether the project has the two of docs/gitlab.md
    user: str = "octo"
    refusal = "GitLab: You are not allowed to push code to protected branches on this project."

    def __post_init__(self) -> None:
        needed()
        super().__post_init__()
        self.forge.readers.add(JOB_TOKEN)
        self.forge.commenters.add(COMMENT_TOKEN)
        self.forge.lookers.add(LOOK_TOKEN)

    def review(self, head: str, number: int = 1, **variables: str) -> Done:
        of_request = {
            "CI_COMMIT_SHA": head,
            "CI_MERGE_REQUEST_IID": str(number),
            "CI_MERGE_REQUEST_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": NOTHING,  # may be stale, and is for forks alone
        }
        return self.fire("merge_request_event", head, of_request | variables)

    def merged(self, first: bool = False, at: Path | None = None) -> Done:
        before = {"CI_COMMIT_BEFORE_SHA": NOTHING if first else "1" * 40}
        return self.fire("push", variables=before, at=at)

    def night(self) -> Done:
        return self.fire("schedule")

    def pressed(self, branch: str = "main", **inputs: Any) -> Done:
        given = {key.replace("_", "-"): value for key, value in (DEFAULTS | inputs).items()}
        if "new-data" in given:  # else gitlab-ci-local takes the word for a boolean
            given["new-data"] = json.dumps(given["new-data"])
        if runner := given.pop("runner", None):
            given["runner"] = f"[{json.dumps(runner)}]"
        return self.fire("web", branch, inputs=given)

    def alarm(self, **sent: Any) -> Done:
        return self.fire("pipeline" if "cause" in sent else "trigger", inputs=sent)

    def monitor(self) -> Done:
        done = self.fire("schedule", inputs={"monitor": '"true"'})
        assert set(done.jobs.values()) == {"skipped"}, done.end
        return replace(done, jobs={job: done.beside.get(job, "skipped") for job in LOOKS})

    def deployed(self, branch: str = "main", stage: str = "production", **inputs: str) -> Done:
        given = {"reason": "to see", "deploy": stage, **inputs}
        done = self.fire("web", branch, inputs=given)
        assert set(done.jobs.values()) == {"skipped"}, done.end
        return replace(done, jobs={job: done.beside.get(job, "skipped") for job in DEPLOYS})

    def fire(
        self,
        source: str,
        ref: str = "main",
        variables: dict[str, str] | None = None,
        inputs: dict[str, str] | None = None,
        at: Path | None = None,
    ) -> Done:
        """Run the pipeline of a source, with the file that a branch or commit has."""
        self.runs += 1
        name = str(self.runs)
        self.forge.running = {"user": self.user, "pipeline": self.runs, "ref": ref}
        clone = at or toys.clone(self.remote, self.folder / f"{name}-clone", self.run)
        commit = self._checkout(clone, ref)
        predefined = {
            "CI_PIPELINE_SOURCE": source,
            "CI_PIPELINE_ID": name,
            "CI_PIPELINE_URL": f"{self.forge.url}/{self.forge.slug}/-/pipelines/{name}",
            "CI_COMMIT_SHA": commit,
            "CI_DEFAULT_BRANCH": "main",
            "CI_PROJECT_ID": "1",
            "CI_PROJECT_URL": f"{self.forge.url}/{self.forge.slug}",
            "CI_SERVER_URL": self.forge.url,
            "CI_API_V4_URL": f"{self.forge.url}/api/v4",
            "CI_JOB_TOKEN": JOB_TOKEN,
            "CI_REGISTRY_PASSWORD": JOB_TOKEN,  # GitLab says it by several names
            "CI_REPOSITORY_URL": f"https://gitlab-ci-token:{JOB_TOKEN}@localhost/acme/toy.git",
            "GITLAB_USER_LOGIN": self.user,
            "STAND_INS": str(self.folder),
            **self.forge.trust,
            **self.environment,
        }
        if source != "merge_request_event":
            predefined["CI_COMMIT_BRANCH"] = ref
        writes = dict.fromkeys(("landing", "staging", "production"), self.forge.token)
        others = {"comment": COMMENT_TOKEN, "monitoring": LOOK_TOKEN}
        tokens = writes | others if self.tokens else {}
        with (clone / ".gitlab-ci-local-variables.yml").open("w") as file:
            YAML().dump({"RETRAIN_TOKEN": {"type": "variable", "values": tokens}}, file)
        given = predefined | (variables or {})
        command = [
            *(str(NODE), str(PROGRAM), *OPTIONS),
            *(f"--variable={key}={value}" for key, value in given.items()),
            *(f"--input={key}={value}" for key, value in (inputs or {}).items()),
        ]
        # else it writes one here that ignores everything, and DVC looks above a work tree too
        (state := clone / ".gitlab-ci-local").mkdir(exist_ok=True)
        (state / ".gitignore").touch()
        jobs = self.forge.jobs.setdefault(self.runs, [])
        for number, job in enumerate(("build", "bundle", "look"), 10 * self.runs):
            jobs.append({"id": number, "name": job, "status": "success"})
            self.forge.left[number] = state / f"artifacts/{job}"
        if source == "merge_request_event":
            command.append("--unset-variable=CI_COMMIT_BRANCH")
        done = subprocess.run(
            command,
            cwd=clone,
            env=self.surroundings(self.folder / f"{name}-home")
            | {"GCL_IGNORE_PREDEFINED_VARS": ",".join(given)},
            capture_output=True,
            encoding="utf-8",
            timeout=600,
        )
        reports = sorted((state / "artifacts").glob("*/report.md"))
        return read(name, done.stdout + done.stderr, [file.read_text() for file in reports])

    def _checkout(self, clone: Path, ref: str) -> str:
        """Make a clone what the runner makes: all branches, none of them checked out."""
        file = YAML(typ="safe").load_all((clone / ".gitlab-ci.yml").read_text())
        variables = list(file)[-1]["variables"]
        assert variables["GIT_DEPTH"] == 0  # else it fetches one commit, and no branch
        user = (
            ""
            if variables["FF_GIT_URLS_WITHOUT_TOKENS"] == "true"
            else f"gitlab-ci-token:{JOB_TOKEN}@"
        )
        url = self.forge.url.replace("//", f"//{user}")
        toys.do(self.run, clone, f"git remote set-url origin {url}/{self.forge.slug}.git")
        known = self.run("git", "rev-parse", "--verify", "-q", f"origin/{ref}", cwd=clone)
        commit = known.stdout.strip() or ref
        toys.do(self.run, clone, f"git checkout -q --detach {commit}")
        return commit

    def artifact(self, run: str) -> Path:
        places = self.folder / f"{run}-clone/.gitlab-ci-local/artifacts"
        found = (places / job for job in ("build", "plan"))
        return next(place for place in found if place.exists())

    @property
    def leaks(self) -> list[str]:
        places = self.folder.glob("*-clone/.gitlab-ci-local/*/*")
        return self.holding_tokens(*(each for each in places if each.parent.name != "output"))
