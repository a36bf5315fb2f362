"""The pipeline of a merge request, asked again by the code that posts."""

from pathlib import Path

import pytest

from retrain.ci.api.types import Built
from retrain.ci.cml import write_comment
from retrain.ci.gitlab import review as gitlab
from retrain.errors import UserError
from retrain.repo import tokens
from tests.e2e.forge.server import Forge
from tests.toys import toys

OWN, MERGED = "a" * 40, "c" * 40


@pytest.fixture(autouse=True)
def job(at_gitlab: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    at_gitlab.open_pull("change", owner="mallory", sha=OWN)
    monkeypatch.chdir(toys.TOY)
    for name, value in {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_PIPELINE_URL": "https://gitlab.example.org/acme/toy/-/pipelines/5",
        "CI_COMMIT_SHA": OWN,
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "",
        "CI_MERGE_REQUEST_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_IID": "1",
    }.items():
        monkeypatch.setenv(name, value)


def test_the_request_that_shows_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gitlab.shown_by(gitlab.built()) == (1, "")
    # where GitLab builds the merged result
    monkeypatch.setenv("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", OWN)
    monkeypatch.setenv("CI_COMMIT_SHA", MERGED)
    assert gitlab.built().commit == OWN


def test_one_that_has_moved_on_or_is_closed(at_gitlab: Forge) -> None:
    assert gitlab.shown_by(Built(MERGED, "")) == (
        None,
        "!1 has a newer commit than the one that was built",
    )
    at_gitlab.pulls[1].state = "merged"
    assert gitlab.shown_by(gitlab.built()) == (None, "!1 is merged")


def test_a_fork_with_a_token_of_its_own_posts_nothing(
    at_gitlab: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI_PROJECT_ID", "2")
    assert gitlab.shown_by(gitlab.built()) == (None, "!1 is another project's")
    assert at_gitlab.requests == []


def test_another_pipeline_posts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_PIPELINE_SOURCE", "push")
    with pytest.raises(UserError, match="no merge request's pipeline"):
        write_comment.review(Path("nowhere"))


def test_without_a_token_it_says_where_the_report_is(
    at_gitlab: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_taken", None)
    monkeypatch.setenv("CI_ENVIRONMENT_NAME", "comment")
    number, said = write_comment.review(Path("nowhere"))
    assert number is None
    assert "no RETRAIN_TOKEN is set for the environment 'comment'" in said
    assert said.endswith("an artifact of https://gitlab.example.org/acme/toy/-/pipelines/5")
    assert at_gitlab.requests == []


def test_the_runner_has_brought_the_artifact(tmp_path: Path) -> None:
    gitlab.fetch(gitlab.built(), tmp_path / "report")
    assert not (tmp_path / "report").exists()
