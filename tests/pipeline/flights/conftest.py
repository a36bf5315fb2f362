"""What tests of the pipeline share: a small slice of the real data, and a copy of this repository.

The slice is every n-th flight of the shipped months, about 600 a month: all days, carriers and
airports of size, and quick to train on.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline import params, prepare
from pipeline.features import INPUTS, OUTCOME
from retrain.data import partitions
from retrain.data.contract import Contract
from tests.conftest import ROOT, Run, set_policy

ROWS = 600  # a month
SHIPPED = params.read(Path(__file__).with_name("params.yaml"))
RAW = INPUTS.append(OUTCOME)


def asked(**prepare: Any) -> params.Params:
    """Return the shipped parameters, with other values in the section `prepare`."""
    section = SHIPPED.prepare.model_copy(update=prepare)
    return SHIPPED.model_copy(update={"prepare": section})


def write_month(folder: Path, month: str, frame: pd.DataFrame) -> Path:
    """Write a raw month as `retrain ingest` would."""
    path = partitions.path_of(folder, month)
    partitions.write(frame, path, RAW)
    return path


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = ROOT / "data"
    if not folder.is_dir():
        pytest.fail("data/ is missing: run `make test`, which fetches it, and not pytest alone")
    return folder


@pytest.fixture(scope="session")
def months(real_data: Path) -> list[pd.DataFrame]:
    """Return the features and outcomes of the shipped months, each whole. Read them only."""
    paths = [partitions.path_of(real_data, f"2013-0{month}") for month in range(1, 7)]
    return [prepare.transform(partitions.read(path), SHIPPED) for path in paths]


@pytest.fixture(scope="session")
def small(real_data: Path) -> dict[str, pd.DataFrame]:
    """Return about 600 real flights a month, by month."""
    months = [f"2013-0{month}" for month in range(1, 7)]
    frames = {month: partitions.read(partitions.path_of(real_data, month)) for month in months}
    return {
        month: frame.iloc[:: len(frame) // ROWS].reset_index(drop=True)
        for month, frame in frames.items()
    }


@pytest.fixture
def data(tmp_path: Path, small: dict[str, pd.DataFrame]) -> Path:
    """Return a folder of small months."""
    folder = tmp_path / "data"
    for month, frame in small.items():
        write_month(folder, month, frame)
    return folder


@pytest.fixture(scope="session")
def small_suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the contract, with as many rows a month as the slice has."""
    suite = json.loads((ROOT / "expectations/data.json").read_text())
    for expectation in suite["expectations"]:
        if expectation["type"] == "expect_table_row_count_to_be_between":
            expectation["kwargs"] = {"min_value": ROWS // 2, "max_value": 2 * ROWS}
    path = tmp_path_factory.mktemp("suite") / "flights.json"
    path.write_text(json.dumps(suite))
    return path


@pytest.fixture(scope="session")
def start(
    tmp_path_factory: pytest.TempPathFactory,
    small: dict[str, pd.DataFrame],
    small_suite: Path,
    run: Run,
) -> Path:
    """Return a committed copy of this repository, with the small months and no model. Read it only."""
    folder = tmp_path_factory.mktemp("start") / "project"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    left_out = ("store/", "tests/", "reports/", "dvc.lock", "data.dvc")
    for name in listed.stdout.splitlines():
        if not name.startswith(left_out) and (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    for month, frame in small.items():
        write_month(folder / "data", month, frame)
    shutil.copyfile(small_suite, folder / "expectations/data.json")
    # as many rows as there are, and no tests of a model that has learned from so few
    set_policy(
        folder,
        min_rows="100",
        min_rows_slice="20",
        behaviour="none",
        beats_reference="false",
    )
    for command in (
        "git init -q -b main",
        "dvc add -q data",
        "dvc push -q",
        "git add -A",
        "git commit -qm start",
    ):
        result = run(*command.split(), cwd=folder)
        assert result.returncode == 0, f"{command}: {result.stderr}"
    return folder


@pytest.fixture(scope="session")
def built(start: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """Return a copy of `start` in which the pipeline has run and its results are committed. Read only."""
    folder = shutil.copytree(start, tmp_path_factory.mktemp("built") / "project", symlinks=True)
    for command in ("retrain run", "git add -A", "git commit -qm built"):
        result = run(*command.split(), cwd=folder)
        assert result.returncode == 0, f"{command}: {result.stderr}"
    return folder


@pytest.fixture
def project(start: Path, tmp_path: Path) -> Path:
    """Return a copy of `start` to do anything with."""
    return Path(shutil.copytree(start, tmp_path / "project", symlinks=True))


@pytest.fixture
def built_project(built: Path, tmp_path: Path) -> Path:
    """Return a copy of `built` to do anything with."""
    return Path(shutil.copytree(built, tmp_path / "project", symlinks=True))


@pytest.fixture
def clock_change(small: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return November rows with one flight in each of the two hours called one o'clock."""
    rows = small["2013-01"].assign(month=11)
    shift = pd.Timestamp("2013-11-01") - pd.Timestamp("2013-01-01")
    rows["time_hour"] += shift
    twice = rows.iloc[[0, 0]].assign(day=3, hour=1, minute=30)
    twice["time_hour"] = pd.to_datetime(["2013-11-03T05:00Z", "2013-11-03T06:00Z"]).as_unit("ms")
    november = pd.concat([rows[rows["day"] < 31], twice], ignore_index=True)
    numbers = dict.fromkeys(["month", "day", "hour", "minute"], "int16")
    return november.astype({**numbers, "time_hour": "datetime64[ms, UTC]"})


@pytest.fixture(scope="session")
def contract(small_suite) -> Contract:
    return Contract(small_suite)
