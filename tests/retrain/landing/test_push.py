"""A remote that refuses a whole push for the sake of one ref: which one, its words tell."""

from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.landing.push import ProtectedError
from tests.conftest import Run
from tests.toys import toys

BRANCH = "GitLab: You are not allowed to push code to protected branches on this project."
TAG = "GitLab: You are not allowed to create this tag as it is protected."


@pytest.fixture
def better(toy: Path, run: Run) -> Path:
    """Return a clone of what would be promoted."""
    toys.change(toy, run, "a change", params__yaml="quality: 2.0\n")
    toys.do(run, toy, "git push -q origin main")
    return toy


@pytest.mark.slow
def test_a_protected_branch_is_proposed_to(better: Path, remote: Path, run: Run) -> None:
    toys.protect(remote, whole=BRANCH)
    state = toys.state(remote, run)
    with pytest.raises(ProtectedError, match="protected branches"):
        toys.landed(better)
    assert toys.state(remote, run) == state


LONG = """
========================================================================
Welcome to the server of the company.
error: Trace: 7e2a
error: GH013: Repository rule violations found for refs/heads/main.
Review all repository rules at https://github.com/o/r/rules?ref=refs%2Fheads%2Fmain
- Changes must be made through a pull request.
- Required status check is expected, and more of the same advice, at length. """


@pytest.mark.parametrize("words", [LONG + "advice " * 100, "error: GH013: " + "x" * 1000])
@pytest.mark.slow
def test_of_what_a_remote_advises_one_line_is_repeated(
    better: Path, remote: Path, words: str
) -> None:
    toys.protect(remote, whole=words)
    with pytest.raises(ProtectedError) as it:
        toys.landed(better)
    sentence = str(it.value)
    assert "does not let main be pushed to (error: GH013: " in sentence
    assert "pre-receive hook declined" in sentence
    assert len(sentence) < 400
    assert "advice" not in sentence


@pytest.mark.slow
def test_so_it_is_where_a_proposal_is_refused(better: Path, remote: Path, run: Run) -> None:
    toys.protect(remote, "refs/heads/retrain/*", whole=LONG)
    result = run("retrain", "land", "--propose", cwd=better)
    last = result.stderr.splitlines()[-1]
    assert last.endswith(": error: GH013: Repository rule violations found for refs/heads/main.")


@pytest.mark.slow
def test_a_protected_tag_is_named_and_nothing_is_proposed(
    better: Path, remote: Path, run: Run
) -> None:
    toys.protect(remote, "refs/tags/*", whole=TAG)
    state = toys.state(remote, run)
    with pytest.raises(
        UserError, match=r"does not let toy@v1.1.0 be pushed .*allow it there"
    ) as it:
        toys.landed(better)
    assert not isinstance(it.value, ProtectedError)
    assert toys.state(remote, run) == state
