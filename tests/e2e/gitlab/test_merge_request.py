"""The comment below a merge request: of the change's own pipeline, and of nothing that it claims."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.act import BUILT
from tests.e2e.both.test_review import push_change
from tests.e2e.forge.state import BOT, Comment
from tests.e2e.gitlab_runner import GitLab
from tests.toys import toys

POSTED = {"comment": "success", "test": "success"}


def bodies(gitlab: GitLab, number: int = 1) -> list[str]:
    return [comment.body for comment in gitlab.forge.comments.get(number, [])]


@pytest.mark.slow
def test_the_report_is_one_comment_that_the_next_push_updates(
    gitlab: GitLab, toy: Path, run: Run
) -> None:
    gitlab.forge.open_pull("change")
    for quality, verdict in (("2.0", "promote"), ("0.2", "keep")):
        head = push_change(toy, run, params__yaml=f"quality: {quality}\n")
        done = gitlab.review(head)
        assert done.jobs == BUILT, done.end
        assert done.beside == POSTED
        (comment,) = bodies(gitlab)
        assert f"toy: {verdict}" in comment
        assert f"The run of `{head[:7]}`" in comment
        assert f"/-/pipelines/{done.run})" in comment
    assert gitlab.forge.written == [("comment", 1), ("edit", 1)]
    assert gitlab.leaks == []
    assert (gitlab.folder / "npm.txt").read_text() == "ci --ignore-scripts\n" * 2
    groups = (gitlab.folder / "groups.txt").read_text().splitlines()
    assert groups[2] == "comment: forge node"


@pytest.mark.slow
def test_without_a_token_the_job_says_where_the_report_is_and_stays_green(
    gitlab: GitLab, toy: Path, run: Run
) -> None:
    gitlab.tokens = False
    gitlab.forge.open_pull("change")
    done = gitlab.review(push_change(toy, run, params__yaml="quality: 2.0\n"))
    assert done.jobs == BUILT, done.end
    assert done.beside == POSTED
    assert f"The report is an artifact of {gitlab.forge.url}/acme/toy/-/pipelines/1001" in done.log
    assert gitlab.forge.requests == []


@pytest.mark.slow
def test_a_forks_pipeline_has_no_token_and_its_own_old_branches(
    gitlab: GitLab, toy: Path, remote: Path, run: Run
) -> None:
    gitlab.tokens = False
    base = toys.tip(remote, run)
    head = push_change(toy, run, params__yaml="quality: 2.0\n")
    # in the fork, main is what it was before the first landing
    toys.do(run, remote, "git update-ref refs/heads/main main~1")
    done = gitlab.review(head, CI_PROJECT_ID="2", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert done.jobs == BUILT, done.end
    assert "toy: promote" in done.summary
    assert gitlab.forge.requests == []


@pytest.mark.slow
def test_a_merge_request_that_has_moved_on_gets_no_comment(
    gitlab: GitLab, toy: Path, run: Run
) -> None:
    head = push_change(toy, run, README__md="Read me.\n")
    gitlab.forge.open_pull("change")
    newer = push_change(toy, run, README__md="Read me again.\n")
    assert newer != head
    done = gitlab.review(head)
    assert "!1 has a newer commit" in done.log
    assert gitlab.forge.written == []


@pytest.mark.slow
def test_a_comment_that_quotes_ours_is_left_alone_and_a_talk_hides_none(
    gitlab: GitLab, toy: Path, run: Run
) -> None:
    head = push_change(toy, run, README__md="Read me.\n")
    gitlab.forge.open_pull("change")
    assert gitlab.review(head).beside == POSTED
    (ours,) = gitlab.forge.comments[1]
    quoted = "> " + ours.body.replace("\n", "\n> ")
    talk = [Comment(100 + n, f"number {n}", user="mallory") for n in range(30)]
    gitlab.forge.comments[1] += [Comment(99, quoted, user="mallory"), *talk]
    for _ in range(2):
        assert gitlab.review(head).beside == POSTED
    (comment,) = (comment for comment in gitlab.forge.comments[1] if comment.user == BOT)
    assert comment.body.endswith('"CML watermark report")')
    assert gitlab.forge.comments[1][1].body == quoted
    assert gitlab.forge.written == [("comment", 1), ("edit", 1), ("edit", 1)]


@pytest.mark.slow
def test_a_token_that_may_not_comment_is_a_sentence(gitlab: GitLab, toy: Path, run: Run) -> None:
    gitlab.forge.open_pull("change")
    gitlab.forge.forbidden = True
    done = gitlab.review(push_change(toy, run, README__md="Read me.\n"))
    assert done.beside["comment"] == "failure"
    assert " WARN  comment" in done.log  # and the pipeline is green
    assert "role or scope" in done.log
    assert "Traceback" not in done.log
