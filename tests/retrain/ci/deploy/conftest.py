"""A job that deploys the toy, at either forge, in this process."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retrain.ci import provider
from retrain.ci.api import rest
from retrain.ci.deploy import deploy_job, release_job
from retrain.ci.deploy.deploy_job import Deployed
from retrain.deployment import deploy
from retrain.landing.provenance import Provenance
from retrain.paths import RELEASE
from retrain.repo import dvc, tokens
from tests.conftest import Run
from tests.e2e.forge.server import Forge
from tests.retrain.ci.conftest import AT_GITLAB
from tests.toys import events, toys
from tests.toys.fixtures import toy_landed, toy_start

STAGES = "stages: {staging: {follows: false}, production: {follows: false}}\ndeploy: {approvers: [Octo], pages: false}\n"
FOLDER = Path(RELEASE)


@pytest.fixture(scope="session")
def two_versions(toy_landed: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """Return a bare remote with v1.0.0 and v1.1.0, both of which were in production. Read only."""
    folder = tmp_path_factory.mktemp("deployed")
    remote = toys.copy(toy_landed, folder)
    project = toys.clone(remote, folder / "clone", run)
    policy = (project / "policy.yaml").read_text().partition("stages:")[0] + STAGES
    toys.change(project, run, "better", params__yaml=toys.BETTER, policy__yaml=policy)
    toys.do(run, project, "git push -q origin main")
    toys.landed(project)
    for version in ("v1.0.0", "v1.1.0"):
        by_hand(project, version)
    return remote


def by_hand(project: Path, version: str) -> None:
    """Deploy a version to production, as a person does from a clone."""
    with toys.working_in(project), dvc.opened() as repo:
        deploy.deploy(repo, version, "production", Provenance(reason="by hand"))


@dataclass
class Job:
    """The jobs of one run; `ask` begins another one."""

    forge: Forge
    folder: Path
    patch: pytest.MonkeyPatch
    runs: int = 10

    def ask(self, branch: str = "main", actor: str = "octo", **inputs: str) -> "Job":
        self.runs += 1
        asked = events.deployment(branch, **inputs)
        (path := self.folder / "event.json").write_text(json.dumps(asked))
        given = asked["inputs"]
        variables = {
            "GITHUB_EVENT_PATH": str(path), "GITHUB_RUN_ID": str(self.runs), "GITHUB_ACTOR": actor,
            "GITHUB_REF": f"refs/heads/{branch}",
            "CI_PIPELINE_ID": str(self.runs), "CI_JOB_ID": "1", "CI_JOB_NAME": "deploy",
            "RETRAIN_REASON": given["reason"], "RETRAIN_DEPLOY": given["stage"],
            "RETRAIN_ACTION": given["action"], "RETRAIN_VERSION": given["version"],
        }  # fmt: skip
        for name, value in variables.items():
            self.patch.setenv(name, value)
        self.forge.running = {"user": actor, "pipeline": self.runs, "ref": branch}
        return self

    def prepare(self) -> "Job":
        """Let the first job hand over what it has prepared."""
        version = deploy_job.prepare(provider.events().asked(), FOLDER)
        self.patch.setenv("RETRAIN_PREPARED", version.name)
        self.forge.jobs[self.runs] = [{"id": self.runs, "name": "bundle", "status": "success"}]
        self.forge.left[self.runs] = left = self.folder / f"left-{self.runs}"
        shutil.rmtree(left, ignore_errors=True)
        left.mkdir()
        FOLDER.rename(left / RELEASE)
        return self

    def deploy(self) -> Deployed:
        return deploy_job.carry_out(provider.events().asked(), FOLDER)

    def again(self) -> "Job":
        """Let the run have begun now, and be run again later."""
        began = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self.forge.began[self.runs] = began
        self.forge.jobs[self.runs] += [{"id": 1, "name": "deploy", "created_at": began}] * 2
        self.patch.setenv("GITHUB_RUN_ATTEMPT", "2")
        return self

    def release(self) -> str:
        return "\n".join(release_job.release(FOLDER))

    def announce(self) -> str:
        return "\n".join(release_job.announce())


@pytest.fixture(params=["github", "gitlab"])
def job(
    request: pytest.FixtureRequest,
    two_versions: Path,
    tmp_path: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Job]:
    """Be in a clone of the remote, as a job of one forge after the other."""
    remote = toys.copy(two_versions, tmp_path)
    monkeypatch.chdir(toys.clone(remote, tmp_path / "clone", run))
    with Forge(tmp_path, remote) as forge:
        variables = dict(zip(AT_GITLAB, ("true", "1", f"{forge.url}/acme/toy", f"{forge.url}/api/v4"), strict=True))  # fmt: skip
        if request.param == "github":
            monkeypatch.delenv("GITLAB_CI", raising=False)
            variables = {"GITHUB_REPOSITORY": forge.slug, "GITHUB_SERVER_URL": forge.url, "GITHUB_API_URL": forge.api}  # fmt: skip
        for name, value in (forge.trust | variables).items():
            monkeypatch.setenv(name, value)
        for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_TRIGGERING_ACTOR", "RETRAIN_PREPARED", "GITHUB_RUN_ATTEMPT"):  # fmt: skip
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(tokens, "_taken", forge.token)
        monkeypatch.setattr(tokens, "_reader", "token-of-the-job")
        forge.readers.add("token-of-the-job")
        monkeypatch.setattr(rest, "RETRY", rest.RETRY.new(backoff_factor=0))
        yield Job(forge, tmp_path, monkeypatch)


Tags = Callable[[], list[str]]


@pytest.fixture
def tags(tmp_path: Path, run: Run) -> Tags:
    """Return a function that lists the deployments which the remote knows."""
    return lambda: toys.do(run, tmp_path / "remote.git", "git tag --list toy#*").split()
