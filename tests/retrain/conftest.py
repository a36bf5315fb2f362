"""The toy project, in each room; and no test of the machine works in this checkout."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.toys.fixtures import (
    history,
    long_history,
    new_remote,
    no_git_settings,
    remote,
    toy,
    toy_landed,
    toy_start,
)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty folder."""
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(autouse=True)
def away(empty: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work where a path such as params.yaml names nothing: the user's files are no test's."""
    monkeypatch.chdir(empty)
    yield
    assert list(empty.iterdir()) == []
