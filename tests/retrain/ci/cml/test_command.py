"""CML as a command: what it gets, and its failures as sentences."""

import os
import shutil
from pathlib import Path

import pytest

from retrain.ci import provider
from retrain.ci.api.retry import TemporaryError
from retrain.ci.cml import command
from retrain.errors import UserError
from tests.conftest import ROOT
from tests.e2e.forge.server import Forge

COMMAND = ("cml", "comment", "update", "--target=pr/7", "comment.md")
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


def update(seconds: float = 60) -> str:
    return command.run(COMMAND, Path.cwd(), seconds)


def script(program: Path, *lines: str) -> None:
    program.write_text("\n".join(["#!/bin/sh", *lines, ""]))


def test_it_gets_the_address_and_the_token_by_the_environment(
    program: Path, tmp_path: Path, forge: Forge
) -> None:
    script(program, f'echo "$@" "$CML_REPO" "$REPO_TOKEN" > {tmp_path}/said.txt')
    update()
    assert (tmp_path / "said.txt").read_text().split() == [
        *COMMAND[1:],
        *(f"{forge.url}/acme/toy", forge.token),
    ]


def test_it_writes_into_no_settings_of_the_machine(program: Path, tmp_path: Path) -> None:
    script(program, f'echo "$GIT_CONFIG_GLOBAL" > {tmp_path}/said.txt')
    update()
    said = Path((tmp_path / "said.txt").read_text().strip())
    assert said.name == "gitconfig"
    assert not said.exists()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("no JSON at all", "no JSON at all; run the job again"),
        ("", "does not say why"),
        ('{"message":""}', "does not say why"),
        ('{"message":"<html><body>Unicorn"}', "failed: the forge is out of order"),
        (
            '{"message":"You have exceeded a secondary rate limit"}',
            "takes no more requests for now",
        ),
        ('{"message":"Too Many Requests"}', "takes no more requests for now"),
    ],
)
def test_its_failure_is_a_sentence(program: Path, line: str, sentence: str) -> None:
    script(program, f"echo '{line}' >&2" if line else "true", "exit 1")
    with pytest.raises(UserError, match=sentence):
        update()


@pytest.mark.parametrize(
    ("at", "message", "remedy"),
    [
        ("at_github", "Resource not accessible by integration", "permissions"),
        ("at_github", "GitHub Actions is not permitted to create pull requests", "Settings"),
        ("at_gitlab", "Forbidden", "role or scope"),
        ("at_gitlab", "Unauthorized", "expired"),
        ("at_gitlab", "Not Found", "may not see"),
    ],
)
def test_its_refusal_names_the_remedy(
    request: pytest.FixtureRequest, program: Path, at: str, message: str, remedy: str
) -> None:
    request.getfixturevalue(at)
    script(program, f'echo \'{{"level":"error","message":"{message}"}}\' >&2', "exit 1")
    with pytest.raises(UserError, match=f"{message}; .*{remedy}"):
        update()


def test_it_is_ended_where_it_would_wait_on(program: Path) -> None:
    script(program, "exec sleep 60")
    with pytest.raises(TemporaryError, match=r"cml comment update did not end within 0\.2 seconds"):
        update(0.2)


def test_what_may_pass_differs_from_what_is_refused(program: Path) -> None:
    for message, passing in (("Bad Gateway", True), ("Not Found", True), ("Forbidden", False)):
        message = (
            message
            if provider.name() == "gitlab"
            else message.replace("Forbidden", "Resource not accessible by integration")
        )
        script(program, f'echo \'{{"message":"{message}"}}\' >&2', "exit 1")
        with pytest.raises(UserError) as failed:
            update()
        assert isinstance(failed.value, TemporaryError) is passing


def test_no_token_in_what_it_says(program: Path) -> None:
    script(program, 'echo "fatal: https://token:$REPO_TOKEN@host refused" >&2', "exit 1")
    with pytest.raises(UserError, match=r"https://token:\*\*\*@host"):
        update()


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is all of the PATH, in a checkout that has the lock and no CML."""
    (tmp_path / "bin").mkdir()
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / command.LOCK, command.LOCK)
    monkeypatch.setattr(command.sys, "executable", str(tmp_path / "bin/python"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return tmp_path / "bin"


def npm(folder: Path, *lines: str) -> None:
    (folder / "npm").write_text("\n".join(["#!/bin/sh", *lines, ""]))
    (folder / "npm").chmod(0o755)


INSTALLS = (
    "mkdir -p node_modules/.bin",
    "printf '#!/bin/sh\n' > node_modules/.bin/cml",
    "chmod +x node_modules/.bin/cml",
)


def test_where_it_is_not_it_is_installed_by_the_lock_once(nowhere: Path, forge: Forge) -> None:
    npm(
        nowhere,
        f"{{ echo $*; pwd; cat package-lock.json .npmrc; env; }} >> {nowhere}/said.txt",
        *INSTALLS,
    )
    update()
    update()
    asked, folder, *rest = (nowhere / "said.txt").read_text().splitlines()
    assert asked == "ci --ignore-scripts"
    assert Path(folder) == nowhere.parent / ".venv/cml"
    assert rest.count("allow-git=root") == 1
    assert f"NPM_CONFIG_CACHE={folder}/cache" in rest  # not what other jobs of this machine share
    assert not [line for line in rest if forge.token in line]
    locked = sorted(file.name for file in (ROOT / command.LOCK).iterdir())
    assert (
        sorted(file.name for file in command.LOCK.iterdir()) == locked
    )  # the checkout is as it was


def test_one_that_the_machine_has_is_taken_and_none_installed(nowhere: Path) -> None:
    npm(nowhere, "exit 1")
    script(nowhere / "cml", f"touch {nowhere}/posted")
    (nowhere / "cml").chmod(0o755)
    update()
    assert (nowhere / "posted").exists()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["echo no network >&2", "exit 1"], "no network"),
        ([], "not say why"),
        (
            [
                *("echo npm warn old option >&2", "echo npm error code ENOTFOUND >&2"),
                *("echo npm error syscall x >&2", "echo npm error request to there failed >&2"),
                *("echo npm error later >&2", "exit 1"),
            ],
            "request to there failed",
        ),
    ],
)
def test_an_installation_that_fails(nowhere: Path, lines: list[str], said: str) -> None:
    npm(nowhere, *lines)
    with pytest.raises(UserError, match=f"could not install cml: .*{said}"):
        update()


@pytest.mark.usefixtures("nowhere")
def test_without_npm_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserError, match="install Node"):
        update()
