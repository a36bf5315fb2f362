"""GitHub's events as our own: what is read, what is cut, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from retrain.ci.event import Event
from retrain.ci.github import events as github
from retrain.errors import UserError
from retrain.repo.git import NOTHING
from tests.toys import events

BY = {"actor": "octo", "address": "https://forge/acme/toy/actions/runs/42"}


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that reads an event as a job would."""

    def read(name: str, payload: Any, ref: str = "refs/heads/main") -> Event:
        path = tmp_path / "event.json"
        path.write_text(payload if isinstance(payload, str) else json.dumps(payload))
        for key, value in {
            "EVENT_NAME": name, "EVENT_PATH": str(path), "REF": ref,
            "RUN_ID": "42", "RUN_ATTEMPT": "2", "ACTOR": "octo",
            "SERVER_URL": "https://forge", "REPOSITORY": "acme/toy",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"GITHUB_{key}", value)
        return github.event()

    return read


@pytest.mark.smoke
def test_a_pull_request_is_compared_with_its_branch_and_writes_nothing(said: Any) -> None:
    found = said("pull_request", events.pull_request("a" * 40, base="release"))
    assert found == Event("pull_request", "42-2", base="origin/release", **BY)
    assert not found.lands


@pytest.mark.smoke
def test_a_push_lands(said: Any) -> None:
    found = said("push", events.push())
    assert found == Event("push", "42-2", branch="main", **BY)
    assert found.lands
    assert said("push", events.push(before=NOTHING)).first_push


@pytest.mark.smoke
def test_nights_and_alarms_look_for_new_data_and_propose(said: Any) -> None:
    night = said("schedule", events.schedule())
    alarm = said("repository_dispatch", events.alarm(reason="drift\nin  humidity"))
    for found in (night, alarm):
        assert (found.new_data, found.propose, found.lands) == (True, True, True)
    assert night.family == alarm.family
    assert alarm.cause == "an alarm: drift in humidity"


@pytest.mark.parametrize(("length", "kept"), [(500, 500), (501, 500), (60_000, 500)])
def test_an_alarms_reason_is_cut(said: Any, length: int, kept: int) -> None:
    found = said("repository_dispatch", events.alarm(reason="x" * length))
    assert found.cause == f"an alarm: {'x' * kept}"


@pytest.mark.parametrize("payload", [{}, {"reason": None}, {"reason": ""}])
def test_an_alarm_without_a_reason_is_one(said: Any, payload: dict[str, Any]) -> None:
    assert said("repository_dispatch", events.alarm(**payload)).cause == "an alarm: no reason given"


@pytest.mark.smoke
def test_the_button(said: Any) -> None:
    pressed = events.button(reason=" try  this ", parameters="a.b=1", result="propose")
    found = said("workflow_dispatch", pressed)
    assert found.cause == "octo, by the button: try this"
    assert (found.overrides, found.propose, found.new_data) == ("a.b=1", True, False)
    assert not said("workflow_dispatch", events.button()).lands


def test_what_is_left_out_of_the_button_is_as_the_workflow_has_it(said: Any) -> None:
    found = said("workflow_dispatch", {"inputs": {"reason": "why"}})
    assert (found.overrides, found.propose, found.new_data) == ("", False, False)


@pytest.mark.parametrize("yes", ["true", True, "True"])
def test_the_button_looks_for_new_data_if_asked(said: Any, yes: Any) -> None:
    assert said("workflow_dispatch", events.button(new_data=yes)).new_data


@pytest.mark.parametrize(
    ("name", "payload", "sentence"),
    [
        ("issues", {}, "starts no run"),
        ("workflow_dispatch", events.button(reason=" \n "), "asks for a reason"),
        ("workflow_dispatch", events.button(result="both"), "choose one of"),
        ("workflow_dispatch", {"inputs": None}, "not as GitHub sends it"),
        ("repository_dispatch", {"action": "deploy"}, "send one of type 'drift-alert'"),
        ("pull_request", {"pull_request": {}}, "not as GitHub sends it"),
        ("push", "[", "is not JSON"),
        ("push", "[]", "not as GitHub sends it"),
    ],
)
def test_what_starts_nothing_is_a_sentence(
    said: Any, name: str, payload: Any, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        said(name, payload)


def test_elsewhere_than_in_a_job_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_EVENT_PATH", raising=False)
    with pytest.raises(UserError, match="a job of GitHub Actions"):
        github.payload()
