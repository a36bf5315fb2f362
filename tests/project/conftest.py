"""What tests of the repository's own files share."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.project import small_template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    return small_template.create(tmp_path_factory.mktemp("template"), run)
