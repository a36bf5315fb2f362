"""What only GitHub has: a switch for pull requests, an App, checkouts that keep their token."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.act import LANDED, PLANNED, Done
from tests.e2e.github_runner import GitHub
from tests.e2e.runner import APP_TOKEN
from tests.toys import events, toys


def night(github: GitHub) -> Done:
    github.environment["TOY_SOURCE"] = "3"
    return github.night()


@pytest.mark.slow
def test_a_repository_that_lets_no_job_open_pull_requests_is_told_where_to_change_that(
    github: GitHub, remote: Path, run: Run
) -> None:
    github.forge.may_open_pulls = False
    state = toys.state(remote, run)
    done = night(github)
    assert done.jobs == LANDED | {"land": "failure"}
    assert "Settings, Actions, General" in done.summary
    assert toys.state(remote, run) == state  # no branch is left behind


@pytest.mark.slow
def test_with_an_app_the_pull_request_is_the_apps(github: GitHub) -> None:
    github.secrets = {"RETRAIN_APP_ID": "Iv1.0123456789", "RETRAIN_APP_KEY": "the-key-of-the-app"}
    github.forge.app_token = APP_TOKEN
    done = night(github)
    assert done.jobs == LANDED, done.end
    assert ("POST", "/pulls") in github.forge.as_app


@pytest.mark.slow
def test_another_default_branch_than_the_files_name_is_a_sentence(
    github: GitHub, remote: Path, run: Run
) -> None:
    toys.do(run, remote, "git branch -m main master", "git symbolic-ref HEAD refs/heads/master")
    payload = events.button(branch="master", parameters="quality=2.0", result="propose")
    done = github.fire("retrain", "workflow_dispatch", payload, ref="master")
    assert done.jobs == PLANNED | {"plan": "failure"}
    assert "the workflows name main" in done.summary
    assert "[!CAUTION]" in done.summary


@pytest.mark.slow
def test_a_token_that_a_job_leaves_is_found(github: GitHub, toy: Path, run: Run) -> None:
    file = toy / ".github/workflows/test.yml"
    file.write_text(file.read_text().replace("credentials: false", "credentials: true"))
    toys.do(run, toy, "git commit -qam careless", "git push -q origin main")
    assert github.fire("test", "push", events.push()).jobs == {"test": "success"}
    assert set(github.leaks) == {"./.git/config"}  # of each Python
