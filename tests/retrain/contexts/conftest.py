"""Remotes with contexts."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.retrain.contexts import lines
from tests.toys import toys


@pytest.fixture(scope="session")
def contexts_start(toy_landed: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """Return a bare remote in which no line has begun. Read only."""
    return lines.start(tmp_path_factory.mktemp("contexts"), toy_landed, run)


@pytest.fixture(scope="session")
def contexts_landed(
    contexts_start: Path, tmp_path_factory: pytest.TempPathFactory, run: Run
) -> Path:
    """Return a bare remote in which North has its first version. Read only."""
    folder = tmp_path_factory.mktemp("north")
    remote = toys.copy(contexts_start, folder)
    lines.landed(toys.clone(remote, folder / "clone", run))
    return remote


@pytest.fixture
def unbegun(contexts_start: Path, tmp_path: Path) -> Path:
    return toys.copy(contexts_start, tmp_path)


@pytest.fixture
def north(contexts_landed: Path, tmp_path: Path) -> Path:
    return toys.copy(contexts_landed, tmp_path)
