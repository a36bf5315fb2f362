"""Calls to a forge: repeated where that can help, and refused in a sentence."""

import pytest

from retrain.ci import credentials
from retrain.errors import UserError
from retrain.forges import here
from retrain.forges.github import calls as github
from retrain.forges.shapes import Comment
from tests.ci.forge import state
from tests.ci.forge.server import Forge

LIST, WRITE = "^/(pulls|merge_requests)", "/(comments|notes)"


def test_what_is_proposed_is_of_this_repository_and_read_to_its_end(forge: Forge) -> None:
    forge.open_pull("mine")
    for number in range(101):
        forge.open_pull(f"branch-{number}", owner="mallory", sha="f" * 40)
    forge.open_pull("gone", owner="gone", sha="e" * 40, repo_id=None)
    (found,) = here.calls().proposed()
    assert (found.number, found.branch) == (1, "mine")
    assert found.name in ("#1", "!1")
    assert found.url.endswith(("/acme/toy/pull/1", "/acme/toy/-/merge_requests/1"))


@pytest.mark.parametrize("state", ["closed", "merged"])
def test_what_was_proposed_before_is_closed_or_merged(forge: Forge, state: str) -> None:
    forge.open_pull("open")
    before = forge.open_pull("before")
    # GitHub calls both closed
    before.state = "closed" if here.name() == "github" else state
    assert [each.branch for each in here.calls().proposed_before()] == ["before"]


def test_a_failure_that_passes_is_waited_for(forge: Forge) -> None:
    forge.fails[("GET", LIST)] = [503, 502]
    assert list(here.calls().proposed()) == []
    assert len(forge.requests) == 3


def test_a_failure_that_stays_ends(forge: Forge) -> None:
    forge.fails[("GET", LIST)] = [503] * 10
    with pytest.raises(UserError, match=r"Git(Hub|Lab) refuses GET (pulls|merge_requests): 503"):
        list(here.calls().proposed())
    assert len(forge.requests) == 5


def test_a_comment_is_not_sent_twice(forge: Forge) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    forge.fails[("POST", WRITE)] = [502]
    with pytest.raises(UserError, match="502"):
        here.calls().say(1, "hello")
    assert len(forge.requests) == 1


def test_something_is_said_and_the_request_closed(forge: Forge) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    here.calls().say(1, "hello")
    here.calls().close(1)
    assert [comment.body for comment in forge.comments[1]] == ["hello"]
    assert forge.pulls[1].state == "closed"


def test_comments_are_ours_or_not_and_in_the_sight_of_cml_or_not(forge: Forge) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    mallory = [state.Comment(n, f"number {n}", user="mallory") for n in range(1, 41)]
    forge.comments[1] = [*mallory[:20], state.Comment(99, "ours"), *mallory[20:]]
    found = here.calls().comments(1)
    assert {each.id for each in found if each.ours} == {99}
    # GitHub shows the 30 oldest first, GitLab the 20 newest
    seen = {each.id for each in found if each.in_sight}
    assert seen == ({*range(1, 30), 99} if here.name() == "github" else set(range(21, 41)))
    here.calls().remove_comment(1, 99)
    assert len(forge.comments[1]) == 40
    assert found[0] == Comment(found[0].id, f"number {found[0].id}", False, True)


def test_a_token_that_may_not_is_told_so(forge: Forge) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    forge.forbidden = True
    with pytest.raises(UserError, match=r"403 .*what the job's token may do"):
        here.calls().close(1)


@pytest.mark.usefixtures("forge")
def test_without_a_token_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_taken", None)
    with pytest.raises(UserError, match="RETRAIN_TOKEN"):
        list(here.calls().proposed())


@pytest.mark.usefixtures("forge")
def test_a_forge_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_API_URL", "CI_API_V4_URL"):
        monkeypatch.setenv(name, "https://localhost:1/api")
    with pytest.raises(UserError, match="cannot be reached"):
        list(here.calls().proposed())


def test_a_forge_that_moves_is_not_followed_with_the_token(forge: Forge) -> None:
    forge.fails[("GET", LIST)] = [302]
    with pytest.raises(UserError, match="302"):
        list(here.calls().proposed())
    assert len(forge.requests) == 1


def test_closing_is_repeated_where_the_network_fails(forge: Forge) -> None:
    forge.open_pull("branch", owner="mallory", sha="f" * 40)
    for method in ("PATCH", "PUT"):
        forge.fails[(method, LIST)] = [502]
    here.calls().close(1)
    assert forge.pulls[1].state == "closed"


def test_github_looks_for_heads_among_all(at_github: Forge) -> None:
    for number in range(101):
        at_github.open_pull(f"branch-{number}", owner="mallory", sha="f" * 40)
    found = github.pages("pulls", state="open", head="mallory:branch-7")
    assert [pull["number"] for pull in found] == [8]
