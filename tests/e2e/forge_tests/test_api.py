"""The imitation of GitHub's API: the token, lists, comments, artifacts, and asked-for failures."""

from tests.e2e.forge.server import Forge
from tests.e2e.forge.state import Artifact
from tests.e2e.forge_tests.conftest import ask

SHA = "f" * 40
PULL = {"title": "A model", "head": "feature", "base": "main"}


def test_the_api_wants_the_token_and_knows_one_repository(forge: Forge) -> None:
    refused = ask(forge, "GET", "", token="another")  # noqa: S106
    assert (refused.status_code, refused.json()) == (401, {"message": "Bad credentials"})
    assert ask(forge, "GET", "").json() == {
        "id": 1,
        "full_name": "acme/toy",
        "default_branch": "main",
        "private": False,
    }
    for path in ("/nowhere", f"{forge.api}/repos/acme/toys", f"{forge.api}/user", "/pulls/7"):
        missing = ask(forge, "GET", path)
        assert (missing.status_code, missing.json()) == (404, {"message": "Not Found"})
    assert forge.requests[-2:] == [("GET", "/user", None), ("GET", "/pulls/7", None)]


def test_what_an_app_asks_is_told_apart(forge: Forge) -> None:
    forge.app_token = "token-of-the-app"  # noqa: S105
    assert ask(forge, "GET", "/pulls").status_code == 200
    assert ask(forge, "POST", "/pulls", PULL, token=forge.app_token).status_code == 201
    assert forge.as_app == [("POST", "/pulls")]


def test_lists_come_in_pages(forge: Forge) -> None:
    for _ in range(35):
        forge.open_pull("feature")
    first = ask(forge, "GET", "/pulls?state=open")
    assert [pull["number"] for pull in first.json()] == list(range(35, 5, -1))
    second = ask(forge, "GET", first.links["next"]["url"])
    assert [pull["number"] for pull in second.json()] == [5, 4, 3, 2, 1]
    assert second.links == {}
    assert len(ask(forge, "GET", "/pulls?per_page=1000").json()) == 35


def test_comments_are_listed_oldest_first(forge: Forge) -> None:
    forge.open_pull("feature")
    for text in ("one", "two", "three"):
        assert ask(forge, "POST", "/issues/1/comments", {"body": text}).status_code == 201
    assert ask(forge, "PATCH", "/issues/comments/2", {"body": "2"}).status_code == 200
    listed = ask(forge, "GET", "/issues/1/comments?per_page=2")
    assert [comment["body"] for comment in listed.json()] == ["one", "2"]
    assert [comment.body for comment in forge.comments[1]] == ["one", "2", "three"]
    assert listed.json()[1]["html_url"] == f"{forge.url}/acme/toy/pull/1#issuecomment-2"


def test_a_comment_is_refused_that_is_too_long_empty_or_below_nothing(forge: Forge) -> None:
    forge.open_pull("feature")
    assert ask(forge, "POST", "/issues/1/comments", {"body": "x" * 65_537}).status_code == 422
    assert ask(forge, "POST", "/issues/1/comments", {"body": ""}).status_code == 422
    assert ask(forge, "POST", "/issues/2/comments", {"body": "x"}).status_code == 404
    assert ask(forge, "PATCH", "/issues/comments/9", {"body": "x"}).status_code == 404
    assert ask(forge, "GET", "/issues/2/comments").status_code == 404
    assert forge.comments == {}


def test_artifacts_of_a_run_are_found_by_name(forge: Forge) -> None:
    forge.artifacts[7] = [Artifact(1, "report", 10, head_sha=SHA), Artifact(2, "model")]
    found = ask(forge, "GET", "/actions/runs/7/artifacts?name=report").json()
    assert found == {
        "total_count": 1,
        "artifacts": [
            {
                "id": 1,
                "name": "report",
                "size_in_bytes": 10,
                "expired": False,
                "created_at": "2026-11-22T12:00:00Z",
                "workflow_run": {"id": 7, "head_sha": SHA},
            }
        ],
    }
    cut = ask(forge, "GET", "/actions/runs/7/artifacts?per_page=1").json()
    assert (cut["total_count"], len(cut["artifacts"])) == (2, 1)
    assert ask(forge, "GET", "/actions/runs/8/artifacts").json()["total_count"] == 0


def test_a_failure_can_be_asked_for(forge: Forge) -> None:
    forge.fails["GET", r"^/pulls\b"] = [502, 503]
    assert [ask(forge, "GET", "/pulls").status_code for _ in range(3)] == [502, 503, 200]
    forge.may_open_pulls = False
    refused = ask(forge, "POST", "/pulls", PULL)
    message = "GitHub Actions is not permitted to create or approve pull requests."
    assert (refused.status_code, refused.json()) == (403, {"message": message})
    forge.forbidden = True
    refused = ask(forge, "POST", "/pulls", PULL)
    message = "Resource not accessible by integration"
    assert (refused.status_code, refused.json()) == (403, {"message": message})
    assert ask(forge, "GET", "/pulls").status_code == 200
