"""The workflow that tests a change: it says what `make test` says."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.github_runner import GitHub
from tests.toys import events, toys


def test_a_change_is_tested(github: GitHub, toy: Path, run: Run) -> None:
    head = toys.do(run, toy, "git rev-parse HEAD")
    done = github.fire("test", "pull_request", events.pull_request(head))
    assert done.jobs == {"test": "success"}, done.end
    assert "tested" in done.log


@pytest.mark.slow
def test_a_test_that_fails_is_red(github: GitHub, toy: Path, run: Run) -> None:
    toys.change(toy, run, "break it", Makefile="test:\n\t@false\n")
    toys.do(run, toy, "git push -q origin main")
    assert github.fire("test", "push", events.push()).jobs == {"test": "failure"}
