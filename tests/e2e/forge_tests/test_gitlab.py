"""The imitation of GitLab's API: who may do what, and how it answers."""

from typing import Any

import pytest
import requests

from tests.e2e.forge.server import Forge
from tests.e2e.forge.state import Comment

COMMENTER = "token-of-a-commenter"


def ask(
    forge: Forge, method: str, path: str, token: str | None = None, **body: Any
) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.request(
            method,
            f"{forge.url}/api/v4{path}",
            json=body or None,
            headers={"PRIVATE-TOKEN": token or forge.token},
            verify=str(forge.ca),
            timeout=60,
        )


def test_a_project_is_known_by_its_number_and_by_its_path(forge: Forge) -> None:
    forge.open_pull("feature")
    for project in ("1", "acme%2Ftoy"):
        (found,) = ask(forge, "GET", f"/projects/{project}/merge_requests").json()
        assert (found["iid"], found["state"], found["source_branch"]) == (1, "opened", "feature")
    assert ask(forge, "GET", "/projects/2/merge_requests").status_code == 404
    assert ask(forge, "GET", "/version").json() == {"version": "18.6.0"}


def test_a_token_that_comments_does_nothing_else(forge: Forge) -> None:
    forge.commenters.add(COMMENTER)
    forge.open_pull("feature")
    notes = "/projects/1/merge_requests/1/notes"
    assert ask(forge, "POST", notes, COMMENTER, body="hello").status_code == 201
    closing = ask(forge, "PUT", "/projects/1/merge_requests/1", COMMENTER, state_event="close")
    assert (closing.status_code, closing.json()) == (403, {"message": "403 Forbidden"})
    assert ask(forge, "GET", notes, "another").status_code == 401
    assert forge.written == [("comment", 1)]


def test_notes_are_listed_newest_first_by_pages(forge: Forge) -> None:
    forge.open_pull("feature")
    forge.comments[1] = [Comment(number, "text", user="mallory") for number in range(1, 31)]
    notes = "/projects/1/merge_requests/1/notes"
    assert [note["id"] for note in ask(forge, "GET", notes).json()] == list(range(30, 10, -1))
    second = ask(forge, "GET", f"{notes}?page=2&per_page=25").json()
    assert [note["id"] for note in second] == [5, 4, 3, 2, 1]


def test_a_note_is_changed_and_removed_by_its_author_alone(forge: Forge) -> None:
    forge.open_pull("feature")
    forge.comments[1] = [Comment(1, "text"), Comment(2, "text", user="mallory")]
    notes = "/projects/1/merge_requests/1/notes"
    assert ask(forge, "PUT", f"{notes}/1", body="later").json()["body"] == "later"
    assert ask(forge, "PUT", f"{notes}/2", body="later").status_code == 403
    me = ask(forge, "GET", "/user").json()["id"]
    assert [note["author"]["id"] == me for note in ask(forge, "GET", notes).json()] == [False, True]
    assert ask(forge, "DELETE", f"{notes}/1").status_code == 204
    assert [comment.id for comment in forge.comments[1]] == [2]


@pytest.mark.parametrize(
    ("source", "target", "code"), [("feature", "main", 409), ("nowhere", "main", 400)]
)
def test_what_stands_against_a_merge_request(
    forge: Forge, source: str, target: str, code: int
) -> None:
    forge.open_pull("feature")
    given = {"source_branch": source, "target_branch": target, "title": "A model"}
    assert ask(forge, "POST", "/projects/1/merge_requests", **given).status_code == code
    assert list(forge.pulls) == [1]


def test_a_merge_request_is_opened_and_closed(forge: Forge) -> None:
    given = {"source_branch": "feature", "target_branch": "main", "title": "A model"}
    made = ask(forge, "POST", "/projects/1/merge_requests", **given, description="Text")
    assert made.json()["web_url"] == f"{forge.url}/acme/toy/-/merge_requests/1"
    closed = ask(forge, "PUT", "/projects/1/merge_requests/1", state_event="close")
    assert closed.json()["state"] == "closed"
    assert forge.written == [("open", 1), ("closed", 1)]
