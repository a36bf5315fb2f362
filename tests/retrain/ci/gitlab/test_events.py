"""GitLab's events as our own: what is read, and what is refused."""

from typing import Any

import pytest

from retrain.ci.event import Event
from retrain.ci.gitlab import events
from retrain.errors import UserError
from retrain.repo import tokens
from retrain.repo.git import NOTHING
from tests.e2e.forge.server import Forge

ALWAYS = {
    "CI_PIPELINE_ID": "42",
    "CI_JOB_ID": "7",
    "CI_PROJECT_ID": "1",
    "CI_COMMIT_BRANCH": "main",
    "CI_PIPELINE_URL": "https://forge/42",
}
BY = {"actor": "octo", "address": "https://forge/42"}
INPUTS = {
    "REASON": "to see",
    "RESULT": "report",
    "NEW_DATA": "false",
    "PARAMETERS": "",
    "CAUSE": "",
}
REQUEST = {
    "CI_MERGE_REQUEST_PROJECT_ID": "1",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "release",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": "b" * 40,
}


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that reads an event as a job would."""
    for name in (*REQUEST, "CI_COMMIT_BEFORE_SHA"):
        monkeypatch.delenv(name, raising=False)

    def read(source: str, inputs: dict[str, str] | None = None, **variables: str) -> Event:
        given = {f"RETRAIN_{name}": value for name, value in (INPUTS | (inputs or {})).items()}
        user = {"GITLAB_USER_LOGIN": "octo"}
        for name, value in {**ALWAYS, **given, **user, **variables}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("CI_PIPELINE_SOURCE", source)
        return events.event()

    return read


@pytest.mark.smoke
def test_a_merge_request_is_compared_with_its_branch_and_writes_nothing(said: Any) -> None:
    found = said("merge_request_event", **REQUEST)
    assert found == Event("pull_request", "42-7", base="origin/release", **BY)
    assert not found.lands


def test_in_a_fork_it_is_compared_with_the_commit_that_gitlab_names(said: Any) -> None:
    found = said("merge_request_event", **REQUEST | {"CI_PROJECT_ID": "2"})
    assert found.base == "b" * 40


@pytest.mark.smoke
@pytest.mark.parametrize(("before", "first"), [(NOTHING, True), ("1" * 40, False)])
def test_a_push_lands(said: Any, before: str, first: bool) -> None:
    found = said("push", CI_COMMIT_BEFORE_SHA=before)
    assert found == Event("push", "42-7", branch="main", first_push=first, **BY)
    assert found.lands


def test_nights_and_alarms_look_for_new_data_and_propose(said: Any) -> None:
    night, alarm = said("schedule"), said("trigger", {"REASON": "drift\nin  humidity"})
    for found in (night, alarm):
        assert (found.new_data, found.propose, found.lands) == (True, True, True)
    assert night.family == alarm.family
    assert alarm.cause == "an alarm: drift in humidity"


def test_what_has_moved_is_a_name_of_ours_or_nothing(said: Any) -> None:
    assert said("pipeline", {"CAUSE": "0123456789ab"}).moved == "0123456789ab"
    for strange in ("../main", "0123456789ab\n", "0123456789AB", "0123456789abc"):
        assert said("trigger", {"CAUSE": strange}).moved == ""


@pytest.mark.parametrize("source", ["web", "api"])
def test_the_button(said: Any, source: str) -> None:
    pressed = {"REASON": " try  this ", "PARAMETERS": "a.b=1", "RESULT": "propose"}
    found = said(source, pressed)
    assert found.cause == "octo, by the button: try this"
    assert (found.overrides, found.propose, found.new_data) == ("a.b=1", True, False)
    assert said(source, {"NEW_DATA": "true"}).new_data


def test_gitlab_itself_says_who_deploys_from_where(
    said: Any, at_gitlab: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_gitlab.running = {"user": "mallory", "pipeline": 43, "ref": "feature"}
    for name, value in {"DEPLOY": "production", "ACTION": "deploy", "VERSION": "v1.0.0"}.items():
        monkeypatch.setenv(f"RETRAIN_{name}", value)
    said("web")  # the environment names octo, the pipeline 42 and main
    found = events.asked().event
    assert (found.actor, found.branch, found.run) == ("mallory", "feature", "43-1")
    assert found.address == f"{at_gitlab.url}/acme/toy/-/pipelines/43"
    monkeypatch.setattr(tokens, "_reader", None)
    with pytest.raises(UserError, match="GitLab refuses GET job: 401"):
        events.asked()


@pytest.mark.parametrize(
    ("source", "inputs", "sentence"),
    [
        ("chat", {}, "starts no run"),
        ("", {}, "starts no run"),
        ("web", {"REASON": " \n "}, "asks for a reason"),
        ("web", {"RESULT": "both"}, "choose one of"),
        ("merge_request_event", {}, "no 'CI_MERGE_REQUEST"),
        ("push", {}, "no 'CI_COMMIT_BEFORE_SHA'"),
    ],
)
def test_what_starts_nothing_is_a_sentence(
    said: Any, source: str, inputs: dict[str, str], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        said(source, inputs)
