"""`retrain trigger`: begun at either forge, followed to the end, and what goes wrong meanwhile."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from retrain.ci.monitor import trigger
from retrain.cli.monitoring import app
from retrain.errors import UserError
from retrain.repo import tokens
from tests.conftest import Run
from tests.e2e.forge import faults
from tests.e2e.forge.server import Forge
from tests.e2e.forge.state import Artifact
from tests.e2e.github_runner import zipped
from tests.retrain.ci.conftest import Clock
from tests.toys import states

WORDS = {
    "github": ("in_progress", "success", "failure", "cancelled"),
    "gitlab": ("running", "success", "failed", "canceled"),
}
ASKED = ("--reason", " we have @doubts\n")
Call = Callable[..., Any]


def at_gitlab(forge: Forge) -> bool:
    return bool(forge.readers)


@pytest.fixture
def words(forge: Forge) -> tuple[str, ...]:
    return WORDS["gitlab" if at_gitlab(forge) else "github"]


@pytest.fixture
def call(forge: Forge, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Call:  # noqa: ARG001
    """Return a function that runs the command in this process, where no time passes."""
    monkeypatch.setattr(trigger, "time", clock)
    return lambda *more: CliRunner().invoke(app, [*ASKED, *more])


def leave(forge: Forge, **facts: Any) -> None:
    """Let the run that is begun next leave a report."""
    content = states.facts(**facts).model_dump_json()
    (folder := forge.ca.parent / "left").mkdir()
    (folder / "report.json").write_text(content)
    forge.left[50000] = folder
    forge.stored[7] = zipped({"report.json": content.encode()})
    forge.artifacts[5000] = [Artifact(7, "report", created_at="2999-01-01T00:00:00Z")]


def test_a_run_is_followed_to_its_verdict(forge: Forge, call: Call, words: tuple[str, ...]) -> None:
    running, success, *_ = words
    forge.course = [
        (running, {"build": running}),
        (running, {"build": running}),
        (success, {"build": success}),
    ]
    leave(forge)
    done = call("--set", "train.rate=0.1", "--set", "a=2", "--new-data", "--propose")
    assert done.exit_code == 0, done.output
    (run,) = forge.runs
    assert run.inputs == {
        "reason": "we have @doubts",
        "result": "propose",
        "new-data": "true",
        "parameters": "train.rate=0.1, a=2",
    }
    lines = done.stderr.splitlines()
    assert lines[0].startswith("started: https://")
    assert lines[1:] == [f"build: {running}", f"build: {success}"]
    assert (verdict := states.facts().verdict)
    assert verdict.reasons[0][:40] in done.stdout
    assert done.stdout.splitlines()[-1] == f"{success}: {lines[0].removeprefix('started: ')}"
    assert forge.token not in done.output


def test_a_run_that_is_blocked_is_exit_code_1(
    forge: Forge, call: Call, words: tuple[str, ...]
) -> None:
    forge.course = [(words[2], {"build": words[2]})]
    verdict = states.facts().verdict
    assert verdict
    blocked = verdict.model_copy(update={"verdict": "block", "reasons": ["below its floor"]})
    leave(forge, verdict=blocked)
    done = call("--json")
    assert done.exit_code == 1
    said = json.loads(done.stdout)
    assert said["verdict"]["verdict"] == "block"
    assert (said["state"], said["error"]) == (words[2], None)
    assert str(forge.runs[0].id) in said["run"]


def test_a_run_that_is_cancelled_has_no_report(
    forge: Forge, call: Call, words: tuple[str, ...]
) -> None:
    forge.course = [(words[3], {"build": words[3]})]
    done = call()
    assert done.exit_code == 1
    assert "the run has left no report" in done.stdout
    assert words[3] in done.stdout


def test_one_that_is_left_alone_prints_its_address(forge: Forge, call: Call) -> None:
    done = call("--no-wait")
    assert done.exit_code == 0
    assert done.stdout.strip().endswith(str(forge.runs[0].id))
    assert not any(method == "GET" and "runs" in path for method, path, _ in forge.requests)


def refused(call: Call, *more: str) -> str:
    done = call(*more)
    assert isinstance(done.exception, UserError), done.output
    return str(done.exception)


def test_a_forge_that_is_gone_for_a_while_is_asked_again(
    forge: Forge, call: Call, words: tuple[str, ...], clock: Clock
) -> None:
    forge.course = [(words[0], {}), (words[1], {})]
    forge.fails["GET", r"/(actions/runs|pipelines)/5000$"] = [faults.UNICORN] * 5 * 3
    assert call().exit_code == 0
    forge.course = [(words[0], {})] * 99
    forge.fails["GET", r"/(actions/runs|pipelines)/5001$"] = [faults.UNICORN] * 999
    waited = sum(clock.waits)
    said = refused(call)
    assert "the run goes on" in said
    assert "/5001" in said
    assert 60 < sum(clock.waits) - waited < 600


def test_what_the_forge_refuses_is_a_sentence(forge: Forge, call: Call) -> None:
    begins = ("POST", "/(dispatches|pipeline)$")
    for code in (401, 403, 404):
        forge.fails[begins] = [code]
        said = refused(call)
        assert "refuses POST" in said
        assert str(code) in said
    forge.fails[begins] = []
    forge.fails["GET", r"/(actions/runs|pipelines)/\d+$"] = [403]
    assert "the run goes on, and cannot be followed" in refused(call)


def test_who_interrupts_reads_where_the_run_goes_on(
    forge: Forge, call: Call, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clock, "sleep", interrupt)
    done = call()
    assert isinstance(done.exception, trigger.LeftError)
    assert done.exception.code == 130
    assert f"/{forge.runs[0].id}" in str(done.exception)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--reason", " "), "--reason is empty"),
        (("--set", "train.rate"), "not an override"),
        (("--set", "a=$(id)"), "not an override"),
        (("--token-file", "gone.txt"), "gone.txt cannot be read"),
        (("--token-file", "empty.txt"), "holds no token"),
    ],
)
def test_what_is_missing_is_said_before_anything_begins(
    forge: Forge, call: Call, more: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").touch()
    assert said in refused(call, *more)
    assert forge.runs == []


def test_the_token_comes_from_a_file_or_a_variable(
    forge: Forge, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_taken", None)
    assert "there is no token; set RETRAIN_TOKEN" in refused(call)
    (tmp_path / "token.txt").write_text(f"{forge.token}\n")
    monkeypatch.setenv("RETRAIN_TOKEN_FILE", str(tmp_path / "token.txt"))
    assert call("--no-wait").exit_code == 0
    assert len(forge.runs) == 1


@pytest.mark.parametrize("url", ["https://localhost/acme/toy", "."])
def test_a_remote_of_no_forge_is_refused(
    call: Call, url: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_REPOSITORY", "CI_PROJECT_URL", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)
    run("git", "init", "-q", cwd=tmp_path)
    run("git", "remote", "add", "origin", url, cwd=tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "is not known as GitHub or GitLab" in refused(call)
