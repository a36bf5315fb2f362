"""A job's token: Git's way to the forge has it, and nothing else."""

import os
from base64 import b64decode
from pathlib import Path

import pytest

from retrain.repo import git, tokens
from tests.conftest import Run
from tests.toys import toys
from tools import install


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_taken", None)
    monkeypatch.setattr(tokens, "_reader", None)
    monkeypatch.setattr(tokens, "_server", lambda remote: "https://forge.example")
    monkeypatch.setenv("RETRAIN_TOKEN", "of-the-job")


def test_it_is_taken_out_of_the_environment_once() -> None:
    tokens.take()
    assert "RETRAIN_TOKEN" not in os.environ
    tokens.take()
    assert tokens.token() == "of-the-job"


@pytest.mark.parametrize(
    "name", [tokens.VARIABLE, tokens.KEY, tokens.PUSHER, tokens.MODEL_KEY, tokens.WEBHOOK, tokens.READER]
)  # fmt: skip
def test_each_secret_is_taken_and_no_installer_gets_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for each in ("_key", "_pusher", "_model_key", "_webhook"):
        monkeypatch.setattr(tokens, each, None)
    monkeypatch.setenv(name, "of-the-job")
    tokens.take()
    assert name not in os.environ
    assert name in install.SECRETS


def test_a_word_that_is_no_token_takes_nothing_else_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETRAIN_TOKEN", "bin")
    tokens.take()
    assert "bin" in os.environ["PATH"]
    assert "RETRAIN_TOKEN" not in os.environ


def test_git_shows_it_to_the_forge_and_to_no_other_host() -> None:
    tokens.take()
    shown = tokens.for_git("origin", "fetch")
    assert shown["GIT_CONFIG_KEY_0"] == "http.https://forge.example/.extraheader"
    assert "of-the-job" not in str(shown)  # encoded, as HTTP wants it


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, "gitlab-ci-token:of-gitlab"),
        ({"RETRAIN_TOKEN": "of-the-job"}, "x-access-token:of-the-job"),
    ],
)
def test_gitlabs_own_token_reads_where_there_is_no_other_and_is_taken_out_too(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], shown: str
) -> None:
    monkeypatch.delenv("RETRAIN_TOKEN")
    again = {"CI_REPOSITORY_URL": "https://a:of-gitlab@b", "CI_REGISTRY_PASSWORD": "of-gitlab"}
    for name, value in {"CI_JOB_TOKEN": "of-gitlab", **again, **given}.items():
        monkeypatch.setenv(name, value)
    tokens.take()
    assert not {"CI_JOB_TOKEN", *again} & set(os.environ)
    assert tokens.token() == given.get("RETRAIN_TOKEN")
    header = tokens.for_git("origin", "fetch")["GIT_CONFIG_VALUE_0"]
    assert b64decode(header.removeprefix("AUTHORIZATION: basic ")).decode() == shown


def test_without_one_git_is_asked_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tokens.for_git("origin", "fetch") == {}
    monkeypatch.setattr(tokens, "_server", lambda remote: None)
    tokens.take()
    assert tokens.for_git("origin", "fetch") == {}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://gitlab-ci-token:secret@forge.example:8443/a/b.git", "https://forge.example:8443"),
        ("http://forge.example/a/b", "http://forge.example"),
        ("git@forge.example:a/b.git", None),
        ("/srv/a.git", None),
    ],
)
def test_the_host_is_the_remotes_whatever_the_forge_calls_itself(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, url: str, server: str | None
) -> None:
    monkeypatch.undo()
    toys.do(run, tmp_path, "git init -q", f"git remote add origin {url}")
    monkeypatch.chdir(tmp_path)
    assert tokens._server("origin") == server
    assert tokens._server("nowhere") is None


def test_only_what_goes_to_the_remote_has_it(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens.take()
    monkeypatch.chdir(toy)
    asked = ("config", "--get-all", "http.https://forge.example/.extraheader")
    assert git.ask(*asked) is None
    monkeypatch.setattr(git, "REMOTELY", {"config"})
    assert (git.ask(*asked) or "").startswith("AUTHORIZATION: basic ")


def test_no_stage_of_the_pipeline_sees_it(toy: Path, run: Run) -> None:
    spy = "import os, pathlib\npathlib.Path('seen.txt').write_text(str(dict(os.environ)))\n"
    (toy / "src/make.py").write_text(spy + (toy / "src/make.py").read_text())
    toys.do(run, toy, "git commit -qam spy")
    done = run(
        *("retrain", "judge", "--base", "HEAD~1"),
        cwd=toy,
        RETRAIN_TOKEN="of-the-job",  # noqa: S106
        CI_JOB_TOKEN="of-the-job-too",  # noqa: S106
    )
    assert done.returncode == 0, done.stderr
    assert "RETRAIN_ERROR" in (toy / "seen.txt").read_text()
    assert "of-the-job" not in (toy / "seen.txt").read_text()
