"""The imitation of GitHub's API: pull requests, and the branches that they follow."""

from pathlib import Path

from tests.conftest import Run
from tests.e2e.forge.server import Forge
from tests.e2e.forge_tests.conftest import ask
from tests.toys import toys

FORK = "f" * 40


def numbers(forge: Forge, path: str) -> list[int]:
    return [pull["number"] for pull in ask(forge, "GET", path).json()]


def test_pull_requests_are_found_by_state_base_and_the_heads_owner(forge: Forge) -> None:
    forge.open_pull("feature")
    forge.open_pull("feature", owner="mallory", sha=FORK)
    forge.open_pull("feature", owner="gone", sha=FORK, repo_id=None)
    forge.pulls[3].state = "closed"
    assert numbers(forge, "/pulls") == [2, 1]
    assert numbers(forge, "/pulls?state=all") == [3, 2, 1]
    assert numbers(forge, "/pulls?state=closed") == [3]
    assert numbers(forge, "/pulls?head=acme:feature") == [1]
    assert numbers(forge, "/pulls?head=mallory:feature") == [2]
    assert numbers(forge, "/pulls?head=mallory:main") == []
    assert numbers(forge, "/pulls?head=nowhere") == [2, 1]  # a head without an owner
    assert numbers(forge, "/pulls?base=release") == []
    assert numbers(forge, f"/commits/{FORK}/pulls") == []  # no fork's is found by its commit


def test_the_repository_of_a_forks_head_is_shown_until_it_is_deleted(forge: Forge) -> None:
    forge.open_pull("feature", owner="mallory", sha=FORK)
    forge.open_pull("feature", owner="gone", sha=FORK, repo_id=None)
    fork, gone = (ask(forge, "GET", f"/pulls/{number}").json()["head"] for number in (1, 2))
    assert fork == {
        "ref": "feature",
        "sha": FORK,
        "label": "mallory:feature",
        "repo": {"id": 2, "full_name": "mallory/toy", "owner": {"login": "mallory"}},
    }
    assert gone["repo"] is None


def test_a_pull_request_follows_its_branch_until_it_is_closed(
    forge: Forge, remote: Path, run: Run
) -> None:
    one, two = toys.tip(remote, run), toys.tip(remote, run, "feature")
    forge.open_pull("feature")
    assert ask(forge, "GET", "/pulls/1").json()["head"]["sha"] == two
    assert numbers(forge, f"/commits/{two}/pulls") == [1]
    assert numbers(forge, f"/commits/{one}/pulls") == []
    changed = ask(forge, "PATCH", "/pulls/1", {"state": "closed", "title": "Not now"}).json()
    toys.do(run, remote, "git update-ref refs/heads/feature main")
    after = ask(forge, "GET", "/pulls/1").json()
    assert after == changed
    assert (after["head"]["sha"], after["title"], after["state"]) == (two, "Not now", "closed")


def test_a_deleted_branch_closes_its_pull_request(forge: Forge, remote: Path, run: Run) -> None:
    two = toys.tip(remote, run, "feature")
    forge.open_pull("feature")
    assert ask(forge, "DELETE", "/git/refs/heads/feature").status_code == 204
    assert (forge.pulls[1].state, forge.pulls[1].sha) == ("closed", two)
    again = ask(forge, "DELETE", "/git/refs/heads/feature")
    assert (again.status_code, again.json()) == (422, {"message": "Reference does not exist"})
    assert toys.do(run, remote, "git branch --format=%(refname:short)") == "main"


def test_opening_a_pull_request_and_what_stands_against_it(forge: Forge) -> None:
    wanted = {"title": "A model", "head": "feature", "base": "main", "body": "Text"}
    made = ask(forge, "POST", "/pulls", wanted)
    assert made.status_code == 201
    assert made.json()["html_url"] == f"{forge.url}/acme/toy/pull/1"
    assert forge.pulls[1].body == "Text"
    refusals = {
        "A pull request already exists for acme:feature.": wanted,
        "No commits between feature and main": wanted | {"head": "main", "base": "feature"},
    }
    for message, body in refusals.items():
        refused = ask(forge, "POST", "/pulls", body)
        error = {"resource": "PullRequest", "code": "custom", "message": message}
        assert refused.status_code == 422
        assert refused.json() == {"message": "Validation Failed", "errors": [error]}
    missing = ask(forge, "POST", "/pulls", wanted | {"head": "nowhere"})
    error = {"resource": "PullRequest", "code": "invalid", "field": "head"}
    assert (missing.status_code, missing.json()["errors"]) == (422, [error])
    assert list(forge.pulls) == [1]
