"""A forge with a toy project, and what runs its jobs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.forge.server import Forge
from tests.e2e.github_runner import GitHub
from tests.e2e.gitlab_runner import GitLab
from tests.e2e.runner import Runner
from tests.toys.fixtures import new_remote, no_git_settings, remote, toy, toy_landed, toy_start


@pytest.fixture
def forge(remote: Path, tmp_path: Path) -> Iterator[Forge]:
    """Return a forge with `remote` as its repository, which strangers cannot read."""
    with Forge(tmp_path, remote, private=True) as forge:
        yield forge


@pytest.fixture
def github(forge: Forge, remote: Path, tmp_path: Path, run: Run) -> GitHub:
    """Return what runs the workflows of that repository."""
    return GitHub(tmp_path / "github", forge, remote, run)


@pytest.fixture
def gitlab(forge: Forge, remote: Path, tmp_path: Path, run: Run) -> GitLab:
    """Return what runs the pipelines of that repository."""
    return GitLab(tmp_path / "gitlab", forge, remote, run)


# what no file of a forge decides is executed at one of them
at_github = pytest.mark.parametrize("runner", ["github"], indirect=True)
at_gitlab = pytest.mark.parametrize("runner", ["gitlab"], indirect=True)


@pytest.fixture(params=["github", pytest.param("gitlab", marks=pytest.mark.slow)])
def runner(request: pytest.FixtureRequest) -> Runner:
    """Return one after the other."""
    found: Runner = request.getfixturevalue(request.param)
    return found
