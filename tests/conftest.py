"""What tests share: commands, run where no setting of a person and no other checkout is seen."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
YOURS = tuple(ROOT / "tests" / name for name in ("acceptance", "model", "pipeline"))
Run = Callable[..., subprocess.CompletedProcess[str]]
# the way to the network, behind a proxy or a mirror: some tests install packages
NETWORK = re.compile(r"(https?|no|all)_proxy|ssl_cert_(file|dir)|(uv|pip)_.*", re.IGNORECASE)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let `make test` run what is quick of the user's own tests."""
    for item in items:
        if set(YOURS) & set(item.path.parents) and not item.get_closest_marker("slow"):
            item.add_marker("smoke")


def clean_environment(home: Path) -> dict[str, str]:
    """Return an environment without a person's settings, in which no other checkout can be seen."""
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


def set_params(project: Path, **values: str) -> None:
    """Replace lines of params.yaml by key: `set_params(project, max_iter="20")`."""
    set_lines(project / "params.yaml", values)


def set_policy(project: Path, **values: str) -> None:
    """Replace lines of policy.yaml by key, the first that has it: the gate's before drift's."""
    set_lines(project / "policy.yaml", values)


def set_lines(path: Path, values: dict[str, str]) -> None:
    text = path.read_text()
    for key, value in values.items():
        text, found = re.subn(rf"(?m)^( +{key}:).*$", rf"\1 {value}", text, count=1)
        assert found == 1, key
    path.write_text(text)
