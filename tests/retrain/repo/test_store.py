"""The store: a folder of the repository, and a real S3 server on loopback in its place."""

import datetime
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retrain.data import partitions, read_tables
from retrain.data.sources import driver
from retrain.data.sources.table import Table
from retrain.repo import lockfile
from tests.conftest import Run
from tests.toys import toys

KEYS = {
    "AWS_ACCESS_KEY_ID": "access",
    "AWS_SECRET_ACCESS_KEY": "a-long-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def test_hashes_are_read_by_path() -> None:
    lock = "stages:\n  train:\n    cmd: x\n    outs:\n    - path: m\n      md5: abc\n  check:\n    cmd: y\n"
    assert lockfile.hashes(lock) == {"m": "abc"}


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[str]:
    """Serve a folder as S3 on loopback, and return its address."""
    rclone = Path(sys.executable).parent / "rclone"
    if not rclone.exists():
        pytest.fail("rclone is missing: run `make test`, which installs it")
    (tmp_path / "s3/models").mkdir(parents=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    key = f"{KEYS['AWS_ACCESS_KEY_ID']},{KEYS['AWS_SECRET_ACCESS_KEY']}"
    options = f"--addr {address} --auth-key {key} --config /dev/null".split()
    words = [rclone, "serve", "s3", *options, tmp_path / "s3"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(words, **quiet)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0:
                break
        time.sleep(0.05)
    yield f"http://{address}"
    server.terminate()
    server.wait()


@pytest.mark.slow
def test_push_fresh_clone_and_pull_over_s3(toy: Path, tmp_path: Path, run: Run, s3: str) -> None:
    toys.do(run, toy, "dvc pull -q")
    commands = [
        "dvc remote add --default s3 s3://models/toy",  # the README's two commands
        f"dvc remote modify s3 endpointurl {s3}",  # only because this S3 is not Amazon's
        "dvc push -q",
        "git commit -qam s3",
    ]
    for command in commands:
        result = run(*command.split(), cwd=toy, **KEYS)
        assert result.returncode == 0, f"{command}: {result.stderr}"
    assert any((tmp_path / "s3/models/toy").rglob("*"))
    shutil.rmtree(toy / "store")
    run("git", "clone", "-q", toy, tmp_path / "clone", cwd=tmp_path)
    result = run("dvc", "pull", "-q", cwd=tmp_path / "clone", **KEYS)
    assert result.returncode == 0, result.stderr
    for name in ("models/model.skops", "predictions/test.parquet", "data/2013-02.parquet"):
        assert (tmp_path / "clone" / name).read_bytes() == (toy / name).read_bytes()

    subprocess.run(["rm", "-rf", "data", ".dvc/cache"], cwd=tmp_path / "clone", check=True)
    wrong = KEYS | {"AWS_SECRET_ACCESS_KEY": "not-the-secret"}
    result = run("retrain", "run", cwd=tmp_path / "clone", **wrong)
    assert result.returncode == 1
    assert "the remote (s3) did not give them" in result.stderr
    assert "not-the-secret" not in result.stderr


@pytest.mark.slow
def test_a_source_that_is_a_bucket(
    tmp_path: Path, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for option, value in (
        ("KEY", KEYS["AWS_ACCESS_KEY_ID"]),
        ("SECRET", KEYS["AWS_SECRET_ACCESS_KEY"]),
        ("ENDPOINT_URL", s3),
    ):
        monkeypatch.setenv(f"RETRAIN_SOURCE_S3_{option}", value)
    (place := tmp_path / "s3/models/trips").mkdir()
    schema = pa.schema([("time", read_tables.TIME), ("size", pa.float64())])
    days = [datetime.datetime(2024, 1, day, 23, tzinfo=datetime.UTC) for day in range(1, 32)]
    parts = pa.table({"time": days, "size": [float(each.day) for each in days]}, schema)
    pq.write_table(parts[:9], place / "a.parquet")
    pq.write_table(parts[9:], place / "b.parquet")
    found = driver.add(Table("s3://models/trips", schema, time="time"), tmp_path / "data", {})
    assert found.new == ["2024-01"]
    assert len(partitions.read(tmp_path / "data/2024-01.parquet")) == 31
