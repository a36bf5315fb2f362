"""The stand-in for CML refuses what the project does not ask for, before it does anything."""

import os
from email.message import Message
from urllib.error import HTTPError

import pytest

from tests.e2e.forge import cml
from tests.e2e.forge.drivers import throttled

COMMENT = (
    "comment",
    "update",
    "--publish=false",
    "--watermark-title=gate",
    "--target=pr/1",
    "a.md",
)
PULL = (
    "pr",
    "create",
    "--branch=b",
    "--target-branch=main",
    "--title=t",
    "--body=b",
    "--message=m",
)


@pytest.fixture(autouse=True)
def job(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*cml.NEEDED, *cml.GitHub.needed):
        monkeypatch.setenv(name, "something")
    monkeypatch.setenv("GITHUB_EVENT_NAME", "push")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/somewhere/gitconfig")


def refusal(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    """Return the sentence; only the arguments are read, whatever becomes of them."""
    with pytest.raises(SystemExit) as ended:
        cml.arguments(list(words))
    assert ended.value.code == 2
    return capsys.readouterr().err.splitlines()[-1]


def test_the_two_calls_of_the_project_are_not_refused() -> None:
    assert cml.arguments(list(COMMENT)).target == "pr/1"
    assert cml.arguments(list(PULL)).target_branch == "main"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((*PULL, "*.txt"), "unrecognized arguments: *.txt"),
        ((*PULL, "--skip-ci"), "unrecognized arguments: --skip-ci"),
        (PULL[:-1], "the following arguments are required: --message"),
        ((*PULL, "--body="), "an option is empty"),
        ((*COMMENT, "--publish=true"), "invalid choice: 'true'"),
        ((*COMMENT[:2], *COMMENT[3:]), "the following arguments are required: --publish"),
        ((*COMMENT, "--target=auto"), "'auto' is not pr/NUMBER"),
        ((*COMMENT[:2], "--publ=false", *COMMENT[3:]), "arguments are required: --publish"),
        ((*COMMENT, "--rm-watermark"), "unrecognized arguments: --rm-watermark"),
        (("comment", "create", "a.md"), "knows `comment update` and `pr create` alone"),
        (("runner", "launch"), "knows `comment update` and `pr create` alone"),
    ],
)
def test_another_call_is_refused(
    words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in refusal(words, capsys)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("REPO_TOKEN", "", "not set: REPO_TOKEN"),
        ("ITERATIVE_DO_NOT_TRACK", "", "not set: ITERATIVE_DO_NOT_TRACK"),
        ("GITHUB_EVENT_NAME", "pull_request", "another commit than GITHUB_SHA"),
        ("GIT_CONFIG_GLOBAL", "", "not set: GIT_CONFIG_GLOBAL"),
        ("GIT_CONFIG_GLOBAL", os.devnull, "GIT_CONFIG_GLOBAL must name a file"),
    ],
)
def test_other_surroundings_are_refused(
    name: str,
    value: str,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)
    assert sentence in refusal(COMMENT, capsys)


@pytest.mark.parametrize(
    ("code", "text", "headers", "seconds"),
    [
        (403, "You have exceeded a secondary rate limit", {"Retry-After": "1"}, 125),
        (403, "You have exceeded a secondary rate limit", {"Retry-After": "60"}, 180),
        (403, "API rate limit exceeded", {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, 30),
        (403, "Slow down", {"Retry-After": "60"}, 0),
        (429, "You have exceeded a secondary rate limit", {"Retry-After": "60"}, 0),
    ],
)  # fmt: skip
def test_it_waits_for_a_limit_as_long_as_the_real_one(
    code: int, text: str, headers: dict[str, str], seconds: int
) -> None:
    said = Message()
    for name, value in headers.items():
        said[name] = value
    assert throttled(HTTPError("", code, "", said, None), text) == seconds
