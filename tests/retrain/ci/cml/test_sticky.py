"""Our one comment: edited where it stands, posted before anything goes, and through failures."""

from typing import Any

import pytest

from retrain.ci.cml import write_comment
from retrain.errors import UserError
from tests.e2e.forge import faults
from tests.e2e.forge.server import Forge
from tests.e2e.forge.state import Comment, Reply
from tests.retrain.ci.conftest import SHAS, Clock, Post

LIST, WRITES = "/(comments|notes)", ("POST", "PATCH", "PUT")


def talk(forge: Forge, number: int, first: int = 1000) -> None:
    """Add as many comments of another person."""
    said = [Comment(first + n, f"number {n}", user="mallory") for n in range(number)]
    forge.comments[1] = [*forge.comments.get(1, []), *said]


def ours(forge: Forge) -> list[Comment]:
    return [comment for comment in forge.comments[1] if comment.user != "mallory"]


@pytest.mark.parametrize("before", [0, 45])
@pytest.mark.parametrize("after", [0, 45])
def test_however_long_the_talk_a_push_edits_our_comment(
    forge: Forge, post: Post, before: int, after: int
) -> None:
    talk(forge, before)
    assert post().startswith("Posted")
    (first,) = ours(forge)
    mark = first.body.splitlines()[-1]
    talk(forge, after, 5000)
    for sha in SHAS[1:3]:
        assert post(sha, artifact="newer").startswith("Posted")
    (comment,) = ours(forge)
    assert comment.id == first.id
    assert "newer: keep" in comment.body
    assert f"The run of `{SHAS[2][:7]}`" in comment.body
    assert comment.body.endswith(f" -->\n\n{mark}")  # for CML to know it by, the next time
    assert forge.written == [("comment", 1), ("edit", 1), ("edit", 1)]


def test_a_quotation_is_left_alone_and_ours_is_edited(forge: Forge, post: Post) -> None:
    post()
    (first,) = ours(forge)
    quoted = Comment(9000, "> " + first.body.replace("\n", "\n> "), user="mallory")
    forge.comments[1].append(quoted)
    text = quoted.body
    post(SHAS[1], artifact="newer")
    assert quoted.body == text
    assert "newer: keep" in ours(forge)[0].body
    # where only the quotation is left, ours begins anew under another title
    forge.comments[1] = [quoted]
    for artifact in ("third", "fourth"):
        post(SHAS[2], artifact=artifact)
        (again,) = ours(forge)
        assert f"{artifact}: keep" in again.body
        assert 'CML watermark report 2"' in again.body
    assert quoted.body == text


def test_another_bots_text_with_our_mark_inside_is_not_ours(forge: Forge, post: Post) -> None:
    post()
    mark = ours(forge)[0].body.splitlines()[-1]
    talk(forge, 50)
    forge.comments[1].append(Comment(9000, f"{mark}\n\nand more"))
    post(SHAS[1], artifact="newer")
    first, second = ours(forge)
    assert "newer: keep" in first.body
    assert second.body.endswith("and more")


def test_of_several_the_newest_stays_and_none_goes_before_it_says_what_is_new(
    forge: Forge, post: Post
) -> None:
    post()
    (first,) = ours(forge)
    forge.comments[1].append(Comment(9000, first.body))
    forge.fails = {(method, LIST): [403] * 9 for method in WRITES}
    with pytest.raises(UserError):
        post(SHAS[1])
    assert len(ours(forge)) == 2
    assert not any(method == "DELETE" for method, *_ in forge.requests)
    forge.fails.clear()
    post(SHAS[1], artifact="newer")
    (left,) = ours(forge)
    assert left.id == 9000
    assert "newer: keep" in left.body
    assert forge.written[-2:] == [("edit", 1), ("remove", 1)]


@pytest.mark.parametrize("method", ["GET", *WRITES])
@pytest.mark.parametrize("times", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_a_forge_that_falters_gets_one_comment(
    forge: Forge, post: Post, clock: Clock, method: str, times: int
) -> None:
    for place, sha in enumerate(SHAS[:2]):
        # the first asks are our own, which are repeated by themselves
        forge.fails[method, LIST] = [faults.UNICORN] * times
        assert post(sha, artifact=f"number {place}").startswith("Posted")
    (comment,) = ours(forge)
    assert "number 1: keep" in comment.body
    assert [what for what, _ in forge.written] == ["comment", "edit"]
    assert clock.waits in ([], [1, 5, 20][:times])


def test_cmls_own_first_look_may_fail_too(forge: Forge, post: Post, clock: Clock) -> None:
    forge.fails["GET", f"{LIST}$"] = [faults.UNICORN]  # ours asks for a page of 100
    assert post().startswith("Posted")
    assert len(ours(forge)) == 1
    assert clock.waits == [1]


@pytest.mark.slow
def test_a_forge_that_is_out_of_order_is_one_clear_sentence(forge: Forge, post: Post) -> None:
    forge.fails["POST", LIST] = [faults.UNICORN] * 9
    with pytest.raises(UserError) as failed:
        post()
    said = str(failed.value)
    assert "<" not in said
    assert "Unicorn" not in said
    assert "out of order" in said or "Bad Gateway" in said
    assert "run the job again" in said
    assert forge.requests[-1][0] == "GET"  # what stands there, for the last time
    assert len([method for method, *_ in forge.requests if method == "POST"]) == 4


@pytest.mark.parametrize("talked", [0, 45])
def test_an_answer_that_is_lost_leads_to_no_second_comment(
    forge: Forge, post: Post, talked: int
) -> None:
    talk(forge, talked)
    forge.loses = [("POST", LIST)]
    assert post().startswith("Posted")
    assert forge.written == [("comment", 1)]
    forge.loses = [(method, LIST) for method in ("PATCH", "PUT")]
    assert post(SHAS[1], artifact="newer").startswith("Posted")
    assert "newer: keep" in ours(forge)[0].body


@pytest.mark.parametrize("talked", [0, 45])
def test_a_comment_that_goes_while_it_is_edited_is_posted_again(
    forge: Forge, post: Post, talked: int
) -> None:
    talk(forge, talked)
    post()
    talk(forge, talked, 5000)

    def removed() -> None:
        forge.comments[1] = [each for each in forge.comments[1] if each not in ours(forge)]

    forge.fails = {(method, LIST): [removed] for method in ("PATCH", "PUT")}
    assert post(SHAS[1], artifact="newer").startswith("Posted")
    (comment,) = ours(forge)
    assert "newer: keep" in comment.body


def test_a_limit_is_waited_for_and_is_no_missing_right(
    forge: Forge, post: Post, clock: Clock
) -> None:
    def limits() -> Reply:  # CML's message does not say so, and our own call then meets it
        forge.fails["GET", LIST] = [faults.limited(30)]
        return Reply(403, {"message": "Resource not accessible by integration"})

    forge.fails["POST", LIST] = [limits]
    assert post().startswith("Posted")
    assert clock.waits == [30]
    assert len(ours(forge)) == 1


def test_a_limit_that_ends_too_late_is_a_sentence(forge: Forge, post: Post, clock: Clock) -> None:
    post()
    forge.fails["GET", LIST] = [faults.used_up(3000)] * 9
    with pytest.raises(UserError, match=r"takes no more requests until \d\d:\d\d UTC"):
        post(SHAS[1])
    assert clock.waits == []


def test_a_limit_on_writing_alone_is_waited_for(forge: Forge, post: Post, clock: Clock) -> None:
    forge.fails["POST", LIST] = [faults.limited(9, 429, "You have exceeded a secondary rate limit")]
    assert post().startswith("Posted")
    assert clock.waits == [60]  # CML does not pass on for how long it is
    assert len(ours(forge)) == 1


def test_a_request_that_moves_on_while_the_report_is_rendered_gets_none(
    forge: Forge, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    render = write_comment.render

    def slow(*given: Any) -> str:
        forge.pulls[1].sha = SHAS[1] if len(given) > 1 and given[1] else forge.pulls[1].sha
        return render(*given)

    monkeypatch.setattr(write_comment, "render", slow)
    assert "1 has a newer commit" in post()
    assert forge.comments == {}
    assert forge.written == []
