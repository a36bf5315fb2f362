"""CML at GitLab: the stand-in asks what the real one asks, and ends as it does."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.forge import faults
from tests.e2e.forge.server import Forge
from tests.e2e.forge.state import Comment
from tests.e2e.forge_tests.conftest import CML, Answer
from tests.e2e.forge_tests.posting import marked, update
from tests.toys import toys

NOTES = "/merge_requests/1/notes"
LISTED = ("GET", NOTES, None)
WORDS = ("--title=A model", "--body=The *report*", "--message=unused")


@pytest.fixture
def at() -> str:
    return "gitlab"


def create(cml: CML, branch: str = "proposal", into: str = "main") -> Answer:
    return cml("pr", "create", f"--branch={branch}", f"--target-branch={into}", *WORDS)


def test_a_comment_is_written_once_and_then_edited(
    forge: Forge, cml: CML, clone: Path, remote: Path, run: Run
) -> None:
    forge.open_pull("feature")
    report = clone / "report.md"
    report.write_text("# A *report*\r\n- [x] done & [x](.git/config)\n")
    before = report.read_bytes().decode()
    where = "FORGE/acme/toy/-/merge_requests/1#note_1\n"
    assert update(cml) == Answer(0, where, "", [LISTED, ("POST", NOTES, marked(before, "gate"))])
    report.write_text("later ü\n")
    edited = update(cml, CI_COMMIT_SHA=toys.tip(remote, run, "feature"))
    put = ("PUT", f"{NOTES}/1", marked("later ü\n", "gate", "TWO"))
    assert edited == Answer(0, where, "", [LISTED, put])


@pytest.mark.slow
def test_a_comment_beyond_the_newest_twenty_is_not_found(
    forge: Forge, cml: CML, clone: Path
) -> None:
    forge.open_pull("feature")
    (clone / "report.md").write_text("text")
    assert update(cml).printed.endswith("#note_1\n")
    forge.comments[1] += [Comment(number, "talk", user="mallory") for number in range(2, 21)]
    assert update(cml).printed.endswith("#note_1\n")
    forge.comments[1].append(Comment(21, "talk", user="mallory"))
    assert update(cml).printed.endswith("#note_22\n")


@pytest.mark.slow
def test_the_oldest_of_those_with_the_very_title_is_edited(
    forge: Forge, cml: CML, clone: Path
) -> None:
    forge.open_pull("feature")
    (clone / "report.md").write_text("text")
    assert update(cml, title="gate").printed.endswith("#note_1\n")
    assert update(cml, title="gat").printed.endswith("#note_2\n")  # begins alike
    forge.comments[1].append(Comment(3, forge.comments[1][0].body))
    assert update(cml, title="gate").printed.endswith("#note_1\n")


@pytest.mark.slow
def test_what_ends_a_comment_with_1(forge: Forge, cml: CML, clone: Path) -> None:
    forge.open_pull("feature")
    (clone / "report.md").write_text("text")
    post = ("POST", NOTES, marked("text", "gate"))
    forge.forbidden = True
    assert update(cml) == Answer(1, "", "Forbidden", [LISTED, post])
    forge.forbidden = False
    assert update(cml, REPO_TOKEN="another") == Answer(1, "", "Unauthorized", [])  # noqa: S106
    asked = [(method, path.replace("/1/", "/9/"), body) for method, path, body in (LISTED, post)]
    assert update(cml, number=9) == Answer(1, "", "Not Found", asked)
    forge.fails["GET", "notes"] = [502]  # it does not try again
    assert update(cml) == Answer(1, "", "Bad Gateway", [LISTED])
    assert forge.comments == {}


@pytest.mark.slow
def test_a_forge_that_falters_ends_a_comment_with_1(forge: Forge, cml: CML, clone: Path) -> None:
    forge.open_pull("feature")
    (clone / "report.md").write_text("text")
    post = ("POST", NOTES, marked("text", "gate"))
    for method, asked in (("GET", [LISTED]), ("POST", [LISTED, post])):
        forge.fails[method, "notes"] = [faults.UNICORN, faults.limited(9, 429)]
        assert update(cml) == Answer(1, "", "Bad Gateway", asked)
        assert update(cml) == Answer(1, "", "Too Many Requests", asked)
    assert update(cml).code == 0
    forge.fails["PUT", "notes"] = [lambda: forge.comments.update({1: []})]
    put = ("PUT", f"{NOTES}/1", marked("text", "gate"))
    assert update(cml) == Answer(1, "", "Not Found", [LISTED, put])


def test_a_merge_request_is_opened_from_the_head_and_found_again(
    forge: Forge, cml: CML, clone: Path, remote: Path, run: Run
) -> None:
    toys.change(clone, run, "three", notes__txt="three\n")
    asked = {"source_branch": "proposal", "target_branch": "main"}
    asked |= {"title": "A model", "description": "The *report*"}
    opened = create(cml)
    post = ("POST", "/merge_requests", asked)
    assert opened == Answer(0, "FORGE/acme/toy/-/merge_requests/1\n", "", [post])
    assert toys.tip(remote, run, "proposal") == toys.tip(clone, run, "HEAD")
    with_token = forge.url.replace("//", f"//token:{forge.token}@") + "/acme/toy.git"
    assert toys.do(run, clone, "git config remote.origin.url") == with_token
    again = create(cml)
    listed = ("GET", "/merge_requests?state=opened", None)
    said = "Branch proposal already exists"
    assert again == Answer(0, opened.printed, said, [listed])
    pushed = ["fetch origin ONE", "checkout -b proposal", "push --set-upstream origin proposal"]
    assert opened.ran == again.ran + pushed


@pytest.mark.slow
def test_what_ends_a_merge_request_with_1(forge: Forge, cml: CML, clone: Path, run: Run) -> None:
    toys.change(clone, run, "three", notes__txt="three\n")
    lost = create(cml, into="nowhere")
    assert lost == Answer(1, "", "The target branch does not exist.", [])
    forge.may_open_pulls = False
    refused = create(cml)
    assert (refused.code, refused.printed, refused.said) == (1, "", "Forbidden")
    assert forge.pulls == {}
