"""Calls to a forge: repeated where that can help, and refused in a sentence."""

import re
from collections.abc import Callable

import pytest

from retrain.ci import provider
from retrain.ci.api.retry import LIMIT
from retrain.ci.api.types import Comment
from retrain.ci.github import calls as github
from retrain.errors import UserError
from retrain.repo import tokens
from tests.e2e.forge import faults, state
from tests.e2e.forge.server import Forge
from tests.e2e.forge.state import Reply
from tests.retrain.ci.conftest import Clock

LIST, WRITE = "^/(pulls|merge_requests)", "/(comments|notes)"


def test_what_is_proposed_is_of_this_repository_and_read_to_its_end(forge: Forge) -> None:
    forge.open_pull("mine")
    for number in range(101):
        forge.open_pull(f"branch-{number}", owner="mallory", sha="f" * 40)
    forge.open_pull("gone", owner="gone", sha="e" * 40, repo_id=None)
    (found,) = provider.calls().proposed()
    assert (found.number, found.branch) == (1, "mine")
    assert found.name in ("#1", "!1")
    assert found.url.endswith(("/acme/toy/pull/1", "/acme/toy/-/merge_requests/1"))


@pytest.mark.parametrize("state", ["closed", "merged"])
def test_what_was_proposed_before_is_closed_or_merged(forge: Forge, state: str) -> None:
    forge.open_pull("open")
    before = forge.open_pull("before")
    # GitHub calls both closed
    before.state = "closed" if provider.name() == "github" else state
    assert [each.branch for each in provider.calls().proposed_before()] == ["before"]


def test_a_failure_that_passes_is_waited_for(forge: Forge) -> None:
    forge.fails[("GET", LIST)] = [503, 502]
    assert list(provider.calls().proposed()) == []
    assert len(forge.requests) == 3


def test_a_failure_that_stays_ends(forge: Forge) -> None:
    forge.fails[("GET", LIST)] = [503] * 10
    sentence = r"Git(Hub|Lab) is out of order: 503 .* for GET (pulls|merge_requests); run it again"
    with pytest.raises(UserError, match=sentence):
        list(provider.calls().proposed())
    assert len(forge.requests) == 5


def test_a_comment_is_not_sent_twice(forge: Forge) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    forge.fails[("POST", WRITE)] = [502]
    with pytest.raises(UserError, match="502"):
        provider.calls().say(1, "hello")
    assert len(forge.requests) == 1


def test_something_is_said_and_the_request_closed(forge: Forge) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    provider.calls().say(1, "hello")
    provider.calls().close(1)
    assert [comment.body for comment in forge.comments[1]] == ["hello"]
    assert forge.pulls[1].state == "closed"


def test_comments_are_ours_or_not_and_in_the_sight_of_cml_or_not(forge: Forge) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    mallory = [state.Comment(n, f"number {n}", user="mallory") for n in range(1, 41)]
    forge.comments[1] = [*mallory[:20], state.Comment(99, "ours"), *mallory[20:]]
    found = provider.calls().comments(1)
    assert {each.id for each in found if each.ours} == {99}
    # GitHub shows the 30 oldest first, GitLab the 20 newest
    seen = {each.id for each in found if each.in_sight}
    assert seen == ({*range(1, 30), 99} if provider.name() == "github" else set(range(21, 41)))
    provider.calls().remove_comment(1, 99)
    assert len(forge.comments[1]) == 40
    provider.calls().remove_comment(1, 99)  # which is gone, as was asked for
    assert found[0] == Comment(found[0].id, f"number {found[0].id}", False, True)


def test_a_token_that_may_not_is_told_so(forge: Forge) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    forge.forbidden = True
    with pytest.raises(UserError, match=r"403 .*what the token may do"):
        provider.calls().close(1)


@pytest.mark.usefixtures("forge")
def test_without_a_token_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_taken", None)
    with pytest.raises(UserError, match="RETRAIN_TOKEN"):
        provider.calls().comments(1)


def test_gitlabs_plan_reads_what_is_proposed_by_the_jobs_own_token(
    at_gitlab: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_gitlab.open_pull("mine")
    monkeypatch.setattr(tokens, "_taken", None)
    assert [each.branch for each in provider.calls().proposed()] == ["mine"]
    monkeypatch.setattr(tokens, "_reader", "of-another-project")
    with pytest.raises(UserError, match="401"):
        list(provider.calls().proposed())


@pytest.mark.usefixtures("forge")
def test_a_forge_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_API_URL", "CI_API_V4_URL"):
        monkeypatch.setenv(name, "https://localhost:1/api")
    with pytest.raises(UserError, match="cannot be reached"):
        list(provider.calls().proposed())


def test_a_forge_that_moves_is_not_followed_with_the_token(forge: Forge) -> None:
    forge.fails[("GET", LIST)] = [302]
    with pytest.raises(UserError, match="302"):
        list(provider.calls().proposed())
    assert len(forge.requests) == 1


def test_closing_is_repeated_where_the_network_fails(forge: Forge) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    for method in ("PATCH", "PUT"):
        forge.fails[(method, LIST)] = [502]
    provider.calls().close(1)
    assert forge.pulls[1].state == "closed"


def test_github_looks_for_heads_among_all(at_github: Forge) -> None:
    for number in range(101):
        at_github.open_pull(f"branch-{number}", owner="mallory", sha="f" * 40)
    found = github.pages("pulls", state="open", head="mallory:branch-7")
    assert [pull["number"] for pull in found] == [8]


@pytest.mark.parametrize(
    ("answer", "waited"),
    [
        (lambda: faults.limited(30), 30),
        (lambda: faults.limited(30, 429), 30),
        (lambda: Reply(429, b"Retry later", {"Content-Type": "text/plain"}), LIMIT),
        (lambda: Reply(403, {"message": "You have exceeded a secondary rate limit"}), LIMIT),
        (lambda: faults.used_up(30), 30),
        (lambda: faults.used_up(30, "", 429), 30),
        (lambda: faults.limited(0), 1),
    ],
)
def test_a_limit_is_waited_for_however_it_is_said(
    forge: Forge, clock: Clock, answer: Callable[[], Reply], waited: int
) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    for method in ("GET", "POST"):  # a new comment too: nothing was done
        forge.fails[method, WRITE] = [answer]
    provider.calls().say(1, "hello")
    assert [each.body for each in provider.calls().comments(1)] == ["hello"]
    assert clock.waits == [pytest.approx(waited, abs=2)] * 2


def test_a_limit_beyond_the_jobs_minutes_is_a_sentence_with_its_end(
    forge: Forge, clock: Clock
) -> None:
    forge.fails["GET", LIST] = [faults.limited(100), faults.limited(100)]
    with pytest.raises(UserError) as failed:
        list(provider.calls().proposed())
    assert re.search(r"takes no more requests until \d\d:\d\d UTC", str(failed.value))
    assert "what the token may do" not in str(failed.value)
    assert clock.waits == [100]


def test_a_forge_that_is_down_for_an_hour_is_not_waited_for(
    forge: Forge, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib3.util.retry.time", clock)
    forge.fails["GET", LIST] = [Reply(503, {"message": "down"}, {"Retry-After": "3600"})]
    assert list(provider.calls().proposed()) == []
    assert clock.waits == []


def test_a_refusal_with_requests_left_is_no_limit(forge: Forge, clock: Clock) -> None:
    left = {"x-ratelimit-remaining": "7", "x-ratelimit-reset": "1"}
    forge.fails["GET", LIST] = [Reply(403, {"message": "no"}, left)]
    with pytest.raises(UserError, match="what the token may do"):
        list(provider.calls().proposed())
    assert clock.waits == []


@pytest.mark.parametrize("code", [200, 502])
def test_a_page_instead_of_data_is_one_clear_sentence(forge: Forge, code: int) -> None:
    forge.fails["GET", LIST] = [Reply(code, faults.PAGE, {"Content-Type": "text/html"})] * 9
    with pytest.raises(UserError, match=rf"is out of order: {code} .*; run it again") as failed:
        list(provider.calls().proposed())
    assert "<" not in str(failed.value)
