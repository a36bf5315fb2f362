"""The history as pages: published where policy.yaml says so, and nowhere else."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.act import Done
from tests.e2e.github_runner import GitHub
from tests.e2e.gitlab_runner import GitLab
from tests.toys import events, toys

OFF, ON = "pages: false", "pages: true"


def let(toy: Path, run: Run) -> None:
    policy = (toy / "policy.yaml").read_text()
    assert OFF in policy
    toys.change(toy, run, "pages", policy__yaml=policy.replace(OFF, ON))
    toys.do(run, toy, "git push -q origin main")
    toys.landed(toy)


def after_a_push(github: GitHub) -> Done:
    ended = events.workflow_run("7", "a" * 40, branch="main", event="push")
    done = github.fire("pages", "workflow_run", ended)
    assert github.leaks == []
    return done


@pytest.mark.slow
def test_github_publishes_after_a_run_on_the_default_branch(
    github: GitHub, toy: Path, run: Run
) -> None:
    done = after_a_push(github)
    assert done.jobs == {"pages": "success", "publish": "skipped"}, done.end
    assert "nothing is published: deploy.pages of policy.yaml is false" in done.log
    let(toy, run)
    done = after_a_push(github)
    assert done.jobs == {"pages": "success", "publish": "success"}, done.end
    published = {file.name for file in (github.folder / "published").iterdir()}
    assert published == {"index.html", "v1.0.0.html"}
    assert "2 pages to publish" in done.summary


@pytest.mark.slow
def test_gitlab_publishes_what_the_job_of_this_name_leaves(
    gitlab: GitLab, toy: Path, run: Run
) -> None:
    let(toy, run)
    variables = {"RETRAIN_PAGES": "true", "CI_COMMIT_BEFORE_SHA": "1" * 40}
    done = gitlab.fire("push", variables=variables)
    assert done.beside["pages"] == "success", done.end
    left = gitlab.folder / f"{done.run}-clone/.gitlab-ci-local/artifacts/pages/public"
    assert {file.name for file in left.iterdir()} == {"index.html", "v1.0.0.html"}
    assert gitlab.leaks == []
