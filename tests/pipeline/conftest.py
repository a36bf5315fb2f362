"""A few rows of each file of data/, for tests that hold for any problem."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.params import Params, read
from retrain.data import partitions
from tests.conftest import ROOT

ROWS = 300  # of a file


@pytest.fixture(scope="session")
def params() -> Params:
    return read(ROOT / "params.yaml")


@pytest.fixture(scope="session")
def few() -> dict[str, pd.DataFrame]:
    """Return evenly spaced raw rows by the name of their file."""
    folder = ROOT / "data"
    if not folder.is_dir():
        pytest.fail("data/ is missing: run `make test`, which fetches it, and not pytest alone")
    frames = {
        name: partitions.read(partitions.path_of(folder, name)) for name in partitions.names(folder)
    }
    return {
        name: frame.iloc[:: max(1, len(frame) // ROWS)].reset_index(drop=True)
        for name, frame in frames.items()
    }


@pytest.fixture
def data(tmp_path: Path, few: dict[str, pd.DataFrame]) -> Path:
    """Return a folder of these files."""
    for name, frame in few.items():
        partitions.write(frame, partitions.path_of(tmp_path / "data", name))
    return tmp_path / "data"
