"""`cml pr create`: the stand-in asks what the real one asks, and ends as it does."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.forge.server import Forge
from tests.e2e.forge_tests.conftest import CML, Answer
from tests.toys import toys

WORDS = ("--title=A model", "--body=**Text**\n\nMore", "--message=A message")
WANTED = {"head": "proposal", "base": "main", "title": "A model", "body": "**Text**\n\nMore"}
POST = ("POST", "/pulls", WANTED)
LISTED = ("GET", "/pulls?state=open", None)
EXISTS = "::warning::Branch proposal already exists"
BEFORE = [
    "config --unset http.https://github.com/.extraheader",
    "config user.name Olivaw[bot]",
    "config user.email olivaw@iterative.ai",
    "remote set-url origin KNOWN/acme/toy.git",
    "status --porcelain -b -u --null",
    "rev-parse --show-prefix",
    "config --get remote.origin.url",
    "ls-remote --exit-code KNOWN/acme/toy.git main",
    "config --get remote.origin.url",
    "ls-remote KNOWN/acme/toy.git proposal",
]
PUSHES = [
    "fetch origin ONE",
    "checkout -b proposal",
    "push --set-upstream origin proposal",
]


def create(cml: CML, into: str = "main", **variables: str) -> Answer:
    options = ("--branch=proposal", f"--target-branch={into}", *WORDS)
    return cml("pr", "create", *options, **variables)


def test_a_pull_request_is_opened_from_the_head(
    forge: Forge, cml: CML, clone: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    toys.change(clone, run, "three", notes__txt="three\n")
    opened = create(cml)
    assert opened == Answer(0, "FORGE/acme/toy/pull/1\n", "", [POST])
    assert opened.ran == BEFORE + PUSHES
    assert toys.tip(remote, run, "proposal") == toys.tip(clone, run, "HEAD")
    # what CML leaves behind
    with_token = forge.url.replace("//", f"//token:{forge.token}@") + "/acme/toy.git"
    assert toys.do(run, clone, "git config remote.origin.url") == with_token
    assert str(clone) in (tmp_path / "gitconfig").read_text()


@pytest.mark.slow
def test_a_pull_request_is_found_again_whatever_the_head(
    forge: Forge, cml: CML, clone: Path, remote: Path, run: Run
) -> None:
    toys.do(run, remote, "git update-ref refs/heads/proposal feature")
    forge.open_pull("feature")
    toys.change(clone, run, "three", notes__txt="three\n")
    opened = create(cml)  # the branch is there, a pull request is not
    assert opened == Answer(0, "FORGE/acme/toy/pull/2\n", EXISTS, [LISTED, POST])
    found = create(cml)
    assert found == Answer(0, "FORGE/acme/toy/pull/2\n", EXISTS, [LISTED])
    assert opened.ran == found.ran == BEFORE
    assert toys.tip(remote, run, "proposal") == toys.tip(remote, run, "feature")


def test_a_pull_request_that_may_not_be_opened_ends_with_1_after_the_push(
    forge: Forge, cml: CML, clone: Path, remote: Path, run: Run
) -> None:
    toys.change(clone, run, "three", notes__txt="three\n")
    forge.may_open_pulls = False
    message = "GitHub Actions is not permitted to create or approve pull requests."
    assert create(cml) == Answer(1, "", message, [POST])
    assert toys.tip(remote, run, "proposal") == toys.tip(clone, run, "HEAD")


@pytest.mark.slow
def test_what_else_ends_a_pull_request_with_1(
    forge: Forge, cml: CML, clone: Path, run: Run
) -> None:
    lost = create(cml, into="nowhere")
    assert lost == Answer(1, "", "The target branch does not exist.", [])
    assert [line for line in lost.ran if line.startswith(("fetch", "checkout", "push"))] == []
    bad = create(cml, REPO_TOKEN="another")  # noqa: S106
    assert (bad.code, bad.printed, bad.asked) == (1, "", [])
    assert "Authentication failed for 'FORGE/acme/toy.git/'" in bad.said
    toys.do(run, clone, "git checkout -q main", "git branch -qD proposal")
    empty = create(cml)  # the head is that of main
    message = (
        'Validation Failed: {"resource":"PullRequest","code":"custom",'
        '"message":"No commits between main and proposal"}'
    )
    assert empty == Answer(1, "", message, [POST])
    assert forge.pulls == {}
