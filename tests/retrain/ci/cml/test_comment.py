"""`cml comment update`, as the workflows call it."""

from pathlib import Path

import pytest

from retrain.ci.cml import post_comment, write_comment
from retrain.errors import UserError
from retrain.paths import COMMENT
from tests.e2e.forge.server import Forge
from tests.retrain.ci.conftest import SHAS, WORDS, Post


@pytest.mark.parametrize(
    "words",
    [[], [COMMENT], ["--target=pr/7"], ["--target=pr/7", "--publish=false"],
     ["--target=commit/7", COMMENT], ["--target=pr/7", "--target=pr/8", COMMENT]],
    ids=" ".join,
)  # fmt: skip
def test_it_needs_one_request_and_a_file(words: list[str]) -> None:
    with pytest.raises(UserError, match=r"--target=pr/7 comment\.md"):
        post_comment.post(words)


def test_a_command_that_would_upload_files_is_refused() -> None:
    with pytest.raises(UserError, match="add --publish=false, so that CML uploads no file"):
        post_comment.post(["--target=pr/7", COMMENT])


def test_without_a_comment_nothing_is_asked(forge: Forge, post: Post) -> None:
    assert "has a newer commit" in post(SHAS[0], "failure") or Path(COMMENT).exists()
    Path(COMMENT).unlink()
    forge.requests.clear()
    assert post_comment.post([*WORDS, "--target=pr/1", COMMENT]) == (
        f"Nothing is posted: there is no {COMMENT}."
    )
    assert forge.requests == []


def test_a_request_that_does_not_show_the_commit_gets_none(forge: Forge, post: Post) -> None:
    post()
    before = len(forge.written)
    said = post_comment.post([*WORDS, "--target=pr/2", COMMENT])
    assert said == f"Nothing is posted: another request shows {SHAS[0][:7]}."
    assert len(forge.written) == before


def test_what_an_earlier_review_left_is_removed(forge: Forge, post: Post) -> None:
    post()
    assert Path(COMMENT).exists()
    forge.pulls[1].state = "closed"
    assert write_comment.review(Path("left"))[0] is None
    assert not Path(COMMENT).exists()
