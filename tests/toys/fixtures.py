"""Remotes of a toy project, in which training takes no time."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.toys import toys
from tests.toys.history import History, make


@pytest.fixture(scope="session", autouse=True)
def no_git_settings() -> Iterator[None]:
    """What lands in this process sees no person's Git settings, as on a machine of CI."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
        yield


@pytest.fixture(scope="session")
def toy_start(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """Return a bare remote in which nothing has landed. Read only."""
    return toys.create(tmp_path_factory.mktemp("toy"), run)


@pytest.fixture(scope="session")
def toy_landed(toy_start: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """Return a bare remote in which the first model has landed as v1.0.0. Read only."""
    folder = tmp_path_factory.mktemp("landed")
    remote = toys.copy(toy_start, folder)
    toys.landed(toys.clone(remote, folder / "clone", run))
    return remote


@pytest.fixture
def new_remote(toy_start: Path, tmp_path: Path) -> Path:
    """Return a bare remote in which nothing has landed."""
    return toys.copy(toy_start, tmp_path)


@pytest.fixture
def remote(toy_landed: Path, tmp_path: Path) -> Path:
    """Return a bare remote in which the first model has landed as v1.0.0."""
    return toys.copy(toy_landed, tmp_path)


@pytest.fixture
def toy(remote: Path, tmp_path: Path, run: Run) -> Path:
    """Return a clone of `remote`."""
    return toys.clone(remote, tmp_path / "clone", run)


@pytest.fixture(scope="session")
def long_history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Return 200 versions and 600 assignments, of 20 months. Read only."""
    return make(tmp_path_factory.mktemp("history"), 200, 600)


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Return five versions that can be deployed; on production is v1.0.1, on staging v1.0.2."""
    return make(tmp_path / "history", 5, 12)
