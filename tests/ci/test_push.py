"""A remote that refuses a whole push for the sake of one ref: which one, its words tell."""

from pathlib import Path

import pytest

from retrain.ci.land import RefusedError
from retrain.errors import UserError
from tests.ci import toys
from tests.conftest import Run

BRANCH = "GitLab: You are not allowed to push code to protected branches on this project."
TAG = "GitLab: You are not allowed to create this tag as it is protected."


@pytest.fixture
def better(toy: Path, run: Run) -> Path:
    """Return a clone of what would be promoted."""
    toys.change(toy, run, "a change", params__yaml="quality: 2.0\n")
    toys.do(run, toy, "git push -q origin main")
    return toy


def test_a_protected_branch_is_proposed_to(better: Path, remote: Path, run: Run) -> None:
    toys.protect(remote, whole=BRANCH)
    state = toys.state(remote, run)
    with pytest.raises(RefusedError, match="protected branches"):
        toys.landed(better)
    assert toys.state(remote, run) == state


def test_a_protected_tag_is_named_and_nothing_is_proposed(
    better: Path, remote: Path, run: Run
) -> None:
    toys.protect(remote, "refs/tags/*", whole=TAG)
    state = toys.state(remote, run)
    with pytest.raises(
        UserError, match=r"does not let toy@v1.1.0 be pushed .*allow it there"
    ) as it:
        toys.landed(better)
    assert not isinstance(it.value, RefusedError)
    assert toys.state(remote, run) == state
