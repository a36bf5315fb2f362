"""`cml comment update`: the stand-in asks what the real one asks, and ends as it does."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.forge import faults
from tests.e2e.forge.server import Forge
from tests.e2e.forge.state import Comment
from tests.e2e.forge_tests.conftest import CML, Answer
from tests.e2e.forge_tests.posting import marked, update
from tests.toys import toys

LISTED = ("GET", "/issues/1/comments", None)


def test_a_comment_is_written_once_and_then_edited(
    forge: Forge, cml: CML, clone: Path, remote: Path, run: Run
) -> None:
    forge.open_pull("feature")
    report = clone / "report.md"
    report.write_text("# A *report*\r\n- [x] done & [x](.git/config)\n")
    before = report.read_bytes().decode()
    written = update(cml, title="the_gate*[<")
    escaped = r"the\_gate\*\[\<"
    assert written == Answer(
        code=0,
        printed="FORGE/acme/toy/pull/1#issuecomment-1\n",
        said="",
        asked=[LISTED, ("POST", "/issues/1/comments", marked(before, escaped))],
    )
    assert written.ran == []
    report.write_text("later ü\n")
    # for another commit
    edited = update(cml, title="the_gate*[<", GITHUB_SHA=toys.tip(remote, run, "feature"))
    assert edited == Answer(
        code=0,
        printed="FORGE/acme/toy/pull/1#issuecomment-1\n",
        said="",
        asked=[LISTED, ("PATCH", "/issues/comments/1", marked("later ü\n", escaped, "TWO"))],
    )


@pytest.mark.slow
def test_the_newest_comment_of_the_very_title_is_edited(
    forge: Forge, cml: CML, clone: Path
) -> None:
    forge.open_pull("feature")
    (clone / "report.md").write_text("text")
    assert update(cml, title="gate").printed.endswith("#issuecomment-1\n")
    assert update(cml, title="gat").printed.endswith("#issuecomment-2\n")  # begins alike
    forge.comments[1].append(Comment(3, forge.comments[1][0].body))
    assert update(cml, title="gate").printed.endswith("#issuecomment-3\n")


def test_a_comment_that_may_not_be_written_ends_with_1(forge: Forge, cml: CML, clone: Path) -> None:
    forge.open_pull("feature")
    (clone / "report.md").write_text("text")
    forge.forbidden = True
    post = ("POST", "/issues/1/comments", marked("text", "gate"))
    refused = Answer(1, "", "Resource not accessible by integration", [LISTED, post])
    assert update(cml) == refused


@pytest.mark.slow
def test_a_forge_that_falters_ends_a_comment_with_1(forge: Forge, cml: CML, clone: Path) -> None:
    forge.open_pull("feature")
    (clone / "report.md").write_text("text")
    post = ("POST", "/issues/1/comments", marked("text", "gate"))
    for method, asked in (("GET", [LISTED]), ("POST", [LISTED, post])):
        forge.fails[method, "comments"] = [
            faults.UNICORN,
            faults.limited(9),
            faults.limited(9, 429),
        ]
        assert update(cml) == Answer(1, "", faults.PAGE.decode(), asked)
        for _ in (403, 429):  # it waits for neither
            assert update(cml) == Answer(1, "", "Slow down", asked)
    assert update(cml).code == 0
    forge.fails["PATCH", "comments"] = [forge.comments.clear]
    patch = ("PATCH", "/issues/comments/1", marked("text", "gate"))
    assert update(cml) == Answer(1, "", "Not Found", [LISTED, patch])


@pytest.mark.slow
def test_what_else_ends_a_comment_with_1(forge: Forge, cml: CML, clone: Path) -> None:
    forge.open_pull("feature")
    nowhere = update(cml)
    assert (nowhere.code, nowhere.printed, nowhere.asked) == (1, "", [])  # there is no report.md
    (clone / "report.md").write_text("text")
    bad = update(cml, REPO_TOKEN="another")  # noqa: S106
    assert bad == Answer(1, "", "Bad credentials", [LISTED])
    missing = ("GET", "/issues/9/comments", None)
    assert update(cml, number=9) == Answer(1, "", "Not Found", [missing])
    forge.fails["GET", "comments"] = [502]  # it does not try again
    assert update(cml) == Answer(1, "", "The test asked for this", [LISTED])
    assert forge.comments == {}
