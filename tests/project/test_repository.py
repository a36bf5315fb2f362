"""The store: a folder of the repository, and a real S3 server on loopback in its place."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrain.repo import dvc
from retrain.repo.git import show
from retrain.settings import read_yaml
from tests.conftest import ROOT, Run

KEYS = {
    "AWS_ACCESS_KEY_ID": "access",
    "AWS_SECRET_ACCESS_KEY": "a-long-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def test_hashes_are_read_by_path() -> None:
    lock = "stages:\n  train:\n    cmd: x\n    outs:\n    - path: m\n      md5: abc\n  check:\n    cmd: y\n"
    assert dvc.hashes(lock) == {"m": "abc"}


def test_what_is_committed_can_be_pulled_by_a_fresh_clone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that this repository's own lock names is in its own store."""
    store = ROOT / "store/files/md5"
    monkeypatch.chdir(ROOT)
    lock = dvc.hashes(show("HEAD", "dvc.lock") or "stages: {}")
    data = read_yaml(show("HEAD", "data.dvc") or "outs: []")
    named = {path: name for path, name in lock.items() if not path.startswith("reports/")}
    named |= {out["path"]: out["md5"] for out in data["outs"]}
    assert {"data", "features", "models/model.skops", "predictions/test.parquet"} == set(named)
    assert [
        path for path, name in named.items() if not (store / name[:2] / name[2:]).exists()
    ] == []


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
    server = subprocess.Popen(
        [
            rclone,
            "serve",
            "s3",
            "--addr",
            address,
            "--auth-key",
            key,
            "--config",
            "/dev/null",
            tmp_path / "s3",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0:
                break
        time.sleep(0.05)
    yield f"http://{address}"
    server.terminate()
    server.wait()


@pytest.mark.slow
def test_push_fresh_clone_and_pull_over_s3(
    built_project: Path, tmp_path: Path, run: Run, s3: str
) -> None:
    commands = [
        "dvc remote add --default s3 s3://models/flights",  # the README's two commands
        f"dvc remote modify s3 endpointurl {s3}",  # only because this S3 is not Amazon's
        "dvc push -q",
        "git commit -qam s3",
    ]
    for command in commands:
        result = run(*command.split(), cwd=built_project, **KEYS)
        assert result.returncode == 0, f"{command}: {result.stderr}"
    assert any((tmp_path / "s3/models/flights").rglob("*"))
    shutil.rmtree(built_project / "store")
    run("git", "clone", "-q", built_project, tmp_path / "clone", cwd=tmp_path)
    result = run("dvc", "pull", "-q", cwd=tmp_path / "clone", **KEYS)
    assert result.returncode == 0, result.stderr
    for name in ("models/model.skops", "predictions/test.parquet", "data/2013-06.parquet"):
        assert (tmp_path / "clone" / name).read_bytes() == (built_project / name).read_bytes()

    subprocess.run(["rm", "-rf", "data", ".dvc/cache"], cwd=tmp_path / "clone", check=True)
    wrong = KEYS | {"AWS_SECRET_ACCESS_KEY": "not-the-secret"}
    result = run("retrain", "run", cwd=tmp_path / "clone", **wrong)
    assert result.returncode == 1
    assert "the remote (s3) did not give them" in result.stderr
    assert "not-the-secret" not in result.stderr
