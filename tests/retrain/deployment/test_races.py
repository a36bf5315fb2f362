"""Two deployments at once: both are done, one after the other, or one is not done at all."""

import multiprocessing
import os
import sys
import traceback
from pathlib import Path

import pytest

from retrain.deployment import deploy as deployer
from retrain.errors import UserError
from retrain.landing import push as pushing
from tests.conftest import Run
from tests.retrain.deployment import steps
from tests.toys import toys
from tests.toys.history import History

fork = multiprocessing.get_context("fork")


def deploy(project: Path, version: str) -> None:
    sys.stderr = (project / ".git/log.txt").open("w")
    try:
        steps.deploy(project, version)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


@pytest.fixture
def other(history: History, run: Run, tmp_path: Path) -> Path:
    return toys.clone(history.remote, tmp_path / "other", run)


def be_first(monkeypatch: pytest.MonkeyPatch, other: Path, times: int) -> None:
    """Let another person deploy between the look at the remote and the push, that many times."""
    left = [*range(times)]

    def push(*arguments: object) -> None:
        if left:
            steps.assign(other, f"v1.0.{left.pop() % 3}")
        pushing.push_tags(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(deployer, "push_tags", push)


@pytest.mark.slow
def test_two_that_are_started_at_once_are_both_done(history: History, other: Path) -> None:
    clones = {history.clone: "v1.0.0", other: "v1.1.0"}
    jobs = [fork.Process(target=deploy, args=each) for each in clones.items()]
    for job in jobs:
        job.start()
    for job, project in zip(jobs, clones, strict=True):
        job.join(120)
        assert job.exitcode == 0, (project / ".git/log.txt").read_text()
    known = steps.known(other)
    assert {each.version.name for each in known.assignments.found[-2:]} == {*clones.values()}
    assert [each.number for each in known.assignments.found[-2:]] == [11, 12]
    assert known.problems == []


def test_a_deployment_that_was_second_comes_after_the_first(
    history: History, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_first(monkeypatch, other, 1)
    done = steps.deploy(history.clone, "v1.1.0")
    assert (done.before, done.version, done.tag) == ("v1.0.0", "v1.1.0", "toy#production#12")
    known = steps.known(history.clone)
    assert [each.version.name for each in known.assignments.found[-2:]] == ["v1.0.0", "v1.1.0"]
    assert known.problems == []


def test_a_deployment_gives_up_after_some_time(
    history: History, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_first(monkeypatch, other, 9)
    with pytest.raises(UserError, match="another push was first, 4 times; run the same"):
        steps.deploy(history.clone, "v1.1.0")


def test_a_roll_back_that_was_second_is_not_done(
    history: History, other: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_first(monkeypatch, other, 1)
    with pytest.raises(UserError, match="production was changed meanwhile, and is not rolled back"):
        steps.rollback(history.clone)
    assert steps.there(history.clone) == "v1.0.0"
    assert toys.do(run, history.remote, "git tag --list toy#production#12") == ""


@pytest.mark.parametrize("stage", ["production", "staging"])
def test_a_push_whose_answer_was_lost_has_been_done(
    history: History, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    real = pushing.call

    def call(*words: str, **options: object) -> object:
        done = real(*words, **options)  # type: ignore[arg-type]
        if words[0] == "push":
            done.returncode = 128
        return done

    monkeypatch.setattr(pushing, "call", call)
    done = steps.rollback(history.clone, stage)
    assert done.changed
    assert steps.there(history.clone, stage) == done.version


def test_deployments_to_two_stages_at_once_are_no_problem(
    history: History, other: Path, run: Run
) -> None:
    before = steps.known(history.clone)
    for project, stage in ((history.clone, "production"), (other, "live")):
        with toys.working_in(project):
            version, said = before.version("v1.0.0"), steps.WHY.signature()
            toys.do(run, project, "git fetch -q")
            made = steps.deployment_tags.make(before.assignments, version, stage, "deploy", said)
            steps.push_tags(before.tip, made)
    steps.assign(other, "v1.0.1")
    assert steps.known(history.clone).problems == []
