"""Calls to GitHub: repeated where that can help, and refused in a sentence."""

import pytest

from retrain.ci import credentials
from retrain.errors import UserError
from retrain.forges import api
from tests.ci.forge.server import Forge


def test_lists_are_read_to_their_end(forge: Forge) -> None:
    for number in range(101):
        forge.open_pull(f"branch-{number}", owner="mallory", sha="f" * 40)
    assert len(list(api.pulls())) == 101
    assert [pull["number"] for pull in api.pulls(head="mallory:branch-7")] == [8]


def test_a_failure_that_passes_is_waited_for(forge: Forge) -> None:
    forge.fails[("GET", "^/pulls")] = [503, 502]
    assert list(api.pulls()) == []
    assert len(forge.requests) == 3


def test_a_failure_that_stays_ends(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "RETRY", api.RETRY.new(backoff_factor=0))
    forge.fails[("GET", "^/pulls")] = [503] * 10
    with pytest.raises(UserError, match="GitHub refuses GET pulls: 503"):
        list(api.pulls())
    assert len(forge.requests) == 5


def test_a_comment_is_not_sent_twice(forge: Forge) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    forge.fails[("POST", "/comments")] = [502]
    with pytest.raises(UserError, match="502"):
        api.comment(1, "hello")
    assert len(forge.requests) == 1


def test_a_pull_request_is_commented_on_and_closed(forge: Forge) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    api.comment(1, "hello")
    api.close(1)
    assert [comment.body for comment in forge.comments[1]] == ["hello"]
    assert forge.pulls[1].state == "closed"


def test_a_token_that_may_not_is_told_of_permissions(forge: Forge) -> None:
    forge.forbidden = True
    with pytest.raises(UserError, match=r"403 Resource not accessible.*permissions of the job"):
        api.close(1)


@pytest.mark.usefixtures("forge")
def test_without_a_token_the_step_is_told_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_taken", None)
    with pytest.raises(UserError, match="RETRAIN_TOKEN"):
        list(api.pulls())


@pytest.mark.usefixtures("forge")
def test_a_forge_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "RETRY", api.RETRY.new(backoff_factor=0))
    monkeypatch.setenv("GITHUB_API_URL", "https://localhost:1/api/v3")
    with pytest.raises(UserError, match="cannot be reached"):
        list(api.pulls())
