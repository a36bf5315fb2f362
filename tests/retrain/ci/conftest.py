"""A forge, and this process as a job of it."""

import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from retrain.ci.api import rest, retry
from retrain.ci.cml import post_comment, write_comment
from retrain.paths import COMMENT, POLICY
from retrain.repo import tokens
from tests.conftest import ROOT, Run
from tests.e2e.forge.server import Forge
from tests.toys import events, states, toys


@dataclass
class Clock:
    """Time that passes only where a job waits."""

    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def monotonic(self) -> float:
        return sum(self.waits)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock of what waits for a forge."""
    found = Clock()
    monkeypatch.setattr(retry, "time", found)
    monkeypatch.setattr(retry, "_began", 0)
    return found


SHAS = [letter * 40 for letter in "12345"]
Post = Callable[..., str]
WORDS = ("--publish=false",)
AT_GITLAB = ("GITLAB_CI", "CI_PROJECT_ID", "CI_PROJECT_URL", "CI_API_V4_URL")


@pytest.fixture
def server(
    tmp_path: Path,
    run: Run,
    clock: Clock,  # noqa: ARG001 (so that no test waits)
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Forge]:
    """Return a forge with a repository of one commit; this process has its token."""
    remote = tmp_path / "remote.git"
    toys.do(run, tmp_path, f"git init -q --bare -b main {remote}")
    seed = toys.clone(remote, tmp_path / "seed", run)
    toys.do(run, seed, "git commit -q --allow-empty -m start", "git push -q origin HEAD:main")
    with Forge(tmp_path, remote) as forge:
        for name, value in forge.trust.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(tokens, "_taken", forge.token)
        monkeypatch.setattr(rest, "RETRY", rest.RETRY.new(backoff_factor=0))
        yield forge


@pytest.fixture
def at_github(server: Forge, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """Let this process be a job of GitHub."""
    for name in AT_GITLAB:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_REPOSITORY", server.slug)
    monkeypatch.setenv("GITHUB_SERVER_URL", server.url)
    monkeypatch.setenv("GITHUB_API_URL", server.api)
    return server


@pytest.fixture
def at_gitlab(server: Forge, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """Let this process be a job of GitLab."""
    for name, value in zip(
        AT_GITLAB, ("true", "1", f"{server.url}/acme/toy", f"{server.url}/api/v4"), strict=True
    ):
        monkeypatch.setenv(name, value)
    server.readers.add("token-of-the-job")
    server.running = {"user": "octo", "pipeline": 5, "ref": "main"}
    monkeypatch.setattr(tokens, "_reader", "token-of-the-job")
    for name in ("CI_MERGE_REQUEST_PROJECT_ID", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    return server


@pytest.fixture(params=["at_github", "at_gitlab"])
def forge(request: pytest.FixtureRequest) -> Forge:
    """Let this process be a job of one after the other."""
    found: Forge = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def cml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a CML on the PATH, the stand-in or the one that the variable CML names; return it."""
    path = tmp_path / "programs/cml"
    path.parent.mkdir()
    stand_in = shlex.join([sys.executable, str(ROOT / "tests/e2e/forge/cml.py")])
    path.write_text(f'#!/bin/sh\nexec {os.environ.get("CML", stand_in)} "$@"\n')
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")
    for name, value in {
        "GITHUB_ACTOR": "octo",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_SHA": "b" * 40,
        "CI_PIPELINE_ID": "5",
        "CI_JOB_ID": "6",
        "CI_COMMIT_SHA": "b" * 40,
    }.items():
        monkeypatch.setenv(name, value)
    return path


@pytest.fixture
def post(
    forge: Forge,
    cml: Path,  # noqa: ARG001 (it is on the PATH)
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Post:
    """Return a function that pushes a commit, whose run leaves these facts, and comments on it."""
    forge.open_pull("change", owner="mallory", sha=SHAS[0])
    (tmp_path / "checkout").mkdir()
    shutil.copy(toys.TOY / POLICY, tmp_path / "checkout")
    monkeypatch.chdir(tmp_path / "checkout")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))

    def call(sha: str = SHAS[0], conclusion: str = "success", **facts: Any) -> str:
        forge.pulls[1].sha = sha
        (folder := tmp_path / "left").mkdir(exist_ok=True)
        (folder / "report.json").unlink(missing_ok=True)
        if conclusion == "success":
            (folder / "report.json").write_text(states.facts(**facts).model_dump_json())
        ended = events.workflow_run("11", sha, owner="mallory", repo=2, conclusion=conclusion)
        (tmp_path / "event.json").write_text(json.dumps(ended))
        for name, value in {
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_PIPELINE_URL": f"{forge.url}/acme/toy/-/pipelines/5",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": sha,
            "CI_MERGE_REQUEST_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_IID": "1",
        }.items():
            monkeypatch.setenv(name, value)
        number, said = write_comment.review(folder)
        if number is None:
            return said
        return post_comment.post([*WORDS, f"--target=pr/{number}", COMMENT])

    return call
