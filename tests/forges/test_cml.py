"""CML as a command: what it is told, and its failures as sentences."""

import os
from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.forges import cml
from tests.ci.forge.server import Forge

pytestmark = pytest.mark.usefixtures("forge")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a `cml` to write: a script that the PATH has."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    path = tmp_path / "bin/cml"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def script(program: Path, *lines: str) -> None:
    program.write_text("\n".join(["#!/bin/sh", *lines, ""]))


def test_it_is_told_not_to_publish_and_where(program: Path, tmp_path: Path, forge: Forge) -> None:
    script(program, f'echo "$@" "$CML_REPO" "$REPO_TOKEN" > {tmp_path}/said.txt')
    cml.comment(7, "report", Path("comment.md"))
    assert (tmp_path / "said.txt").read_text().split() == [
        *("comment", "update", "--publish=false", "--watermark-title=report", "--target=pr/7"),
        *("comment.md", f"{forge.url}/acme/toy", forge.token),
    ]


def test_it_writes_into_no_settings_of_the_machine(program: Path, tmp_path: Path) -> None:
    script(program, f'echo "$GIT_CONFIG_GLOBAL" > {tmp_path}/said.txt')
    cml.comment(7, "report", Path("comment.md"))
    said = Path((tmp_path / "said.txt").read_text().strip())
    assert said.name == "gitconfig"
    assert not said.exists()


def test_a_pull_requests_message_never_skips_ci(program: Path, tmp_path: Path) -> None:
    script(
        program,
        f'for word in "$@"; do echo "$word"; done > {tmp_path}/said.txt',
        "echo https://x/1",
    )
    assert cml.pull_request(tmp_path, "retrain/a", "main", "Land", "The body") == "https://x/1"
    said = (tmp_path / "said.txt").read_text().splitlines()
    assert "--message=Land" in said
    assert "--branch=retrain/a" in said


@pytest.mark.parametrize("said", ["undefined", ""])
def test_nothing_opened_is_a_failure(program: Path, tmp_path: Path, said: str) -> None:
    script(program, f"echo {said}")
    with pytest.raises(UserError, match="opened no pull request"):
        cml.pull_request(tmp_path, "b", "main", "t", "b")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('{"level":"error","message":"Resource not accessible by integration"}', "permissions"),
        ('{"message":"GitHub Actions is not permitted to create pull requests"}', "Settings"),
        ("no JSON at all", "no JSON at all"),
        ("", "does not say why"),
    ],
)
def test_its_failure_is_a_sentence(program: Path, line: str, sentence: str) -> None:
    script(program, f"echo '{line}' >&2" if line else "true", "exit 1")
    with pytest.raises(UserError, match=sentence):
        cml.comment(7, "report", Path("comment.md"))


def test_no_token_in_what_it_says(program: Path) -> None:
    script(program, 'echo "fatal: https://token:$REPO_TOKEN@host refused" >&2', "exit 1")
    with pytest.raises(UserError, match=r"https://token:\*\*\*@host"):
        cml.comment(7, "report", Path("comment.md"))


def test_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserError, match="not installed"):
        cml.comment(7, "report", Path("comment.md"))
