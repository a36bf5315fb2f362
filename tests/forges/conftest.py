"""A forge, and this process as a job of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrain.ci import credentials
from tests.ci import toys
from tests.ci.forge.server import Forge
from tests.conftest import Run


@pytest.fixture
def forge(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forge]:
    """Return a forge with a repository of one commit; this process has its token."""
    remote = tmp_path / "remote.git"
    toys.do(run, tmp_path, f"git init -q --bare -b main {remote}")
    seed = toys.clone(remote, tmp_path / "seed", run)
    toys.do(run, seed, "git commit -q --allow-empty -m start", "git push -q origin HEAD:main")
    with Forge(tmp_path, remote) as forge:
        for name, value in {
            "GITHUB_REPOSITORY": forge.slug,
            "GITHUB_SERVER_URL": forge.url,
            "GITHUB_API_URL": forge.api,
            **forge.trust,
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(credentials, "_taken", forge.token)
        yield forge
