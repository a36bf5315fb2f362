"""What tests share: a small slice of the real data, and a copy of this repository to run it in.

The slice is every n-th flight of the shipped months, about 600 a month: all days, carriers and
airports of size, and quick to train on.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipeline.features import INPUTS, OUTCOME
from retrain.data import partitions

ROOT = Path(__file__).resolve().parent.parent
ROWS = 600  # a month
RAW = INPUTS.append(OUTCOME)
Run = Callable[..., subprocess.CompletedProcess[str]]
# the way to the network, behind a proxy or a mirror: some tests install packages
NETWORK = re.compile(r"(https?|no|all)_proxy|ssl_cert_(file|dir)|(uv|pip)_.*", re.IGNORECASE)


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
    suite = json.loads((ROOT / "expectations/flights.json").read_text())
    for expectation in suite["expectations"]:
        if expectation["type"] == "expect_table_row_count_to_be_between":
            expectation["kwargs"] = {"min_value": ROWS // 2, "max_value": 2 * ROWS}
    path = tmp_path_factory.mktemp("suite") / "flights.json"
    path.write_text(json.dumps(suite))
    return path


def clean_environment(home: Path) -> dict[str, str]:
    """Return an environment in which nobody's settings, and no other checkout, can be seen."""
    return {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin:/usr/bin:/bin"]),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT / "src"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{name: value for name, value in os.environ.items() if NETWORK.fullmatch(name)},
        **{
            f"GIT_{who}_{what}": f"{what}@example.org".lower()
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a function that runs a command in the clean environment, and its output as text."""
    home = tmp_path_factory.mktemp("home")

    def call(
        *command: str | Path, cwd: Path, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            list(map(str, command)),
            cwd=cwd,
            env=clean_environment(home) | environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return call


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
    shutil.copyfile(small_suite, folder / "expectations/flights.json")
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


def set_params(project: Path, **values: str) -> None:
    """Replace lines of params.yaml by key: `set_params(project, max_iter="20")`."""
    set_lines(project / "params.yaml", values)


def set_policy(project: Path, **values: str) -> None:
    """Replace lines of policy.yaml by key."""
    set_lines(project / "policy.yaml", values)


def set_lines(path: Path, values: dict[str, str]) -> None:
    text = path.read_text()
    for key, value in values.items():
        text, found = re.subn(rf"(?m)^( +{key}:).*$", rf"\1 {value}", text)
        assert found == 1, key
    path.write_text(text)
