"""A forge, and this process as a job of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrain.ci import credentials
from retrain.forges import rest
from tests.ci import toys
from tests.ci.forge.server import Forge
from tests.conftest import Run

AT_GITLAB = ("GITLAB_CI", "CI_PROJECT_ID", "CI_PROJECT_URL", "CI_API_V4_URL")


@pytest.fixture
def server(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forge]:
    """Return a forge with a repository of one commit; this process has its token."""
    remote = tmp_path / "remote.git"
    toys.do(run, tmp_path, f"git init -q --bare -b main {remote}")
    seed = toys.clone(remote, tmp_path / "seed", run)
    toys.do(run, seed, "git commit -q --allow-empty -m start", "git push -q origin HEAD:main")
    with Forge(tmp_path, remote) as forge:
        for name, value in forge.trust.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(credentials, "_taken", forge.token)
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
    monkeypatch.delenv("CI_MERGE_REQUEST_PROJECT_ID", raising=False)
    return server


@pytest.fixture(params=["at_github", "at_gitlab"])
def forge(request: pytest.FixtureRequest) -> Forge:
    """Let this process be a job of one after the other."""
    found: Forge = request.getfixturevalue(request.param)
    return found
