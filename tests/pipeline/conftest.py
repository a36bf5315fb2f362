"""A few rows of each file of data/, for tests that hold for any problem."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.params import Params, read
from pipeline.prepare import known_outcomes
from retrain.data import partitions
from tests.conftest import ROOT

ROWS = 300  # of a file
OF_A_CLASS = 20  # of a file, where it has them: a rare one could not be learned from otherwise


@pytest.fixture(scope="session")
def params() -> Params:
    return read(ROOT / "params.yaml")


@pytest.fixture(scope="session")
def few(params: Params) -> dict[str, pd.DataFrame]:
    """Return evenly spaced raw rows by the name of their file, and some of each rare outcome."""
    folder = ROOT / "data"
    if not folder.is_dir():
        pytest.fail("data/ is missing: run `make test`, which fetches it, and not pytest alone")
    frames = {
        name: partitions.read(partitions.path_of(folder, name)) for name in partitions.names(folder)
    }
    chosen = {name: frame.iloc[:: max(1, len(frame) // ROWS)] for name, frame in frames.items()}
    if params.task != "regression":
        chosen = {name: with_rare(part, frames[name], params) for name, part in chosen.items()}
    return {name: part.reset_index(drop=True) for name, part in chosen.items()}


def with_rare(chosen: pd.DataFrame, frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Return the chosen rows of a file, and up to OF_A_CLASS of each outcome."""
    outcomes = known_outcomes(frame, params)
    first = outcomes.groupby(outcomes).head(OF_A_CLASS).index
    return frame.loc[chosen.index.union(first)]


@pytest.fixture
def data(tmp_path: Path, few: dict[str, pd.DataFrame]) -> Path:
    """Return a folder of these files."""
    for name, frame in few.items():
        partitions.write(frame, partitions.path_of(tmp_path / "data", name))
    return tmp_path / "data"
