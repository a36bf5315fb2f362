"""A change under review: built from the base's results, reported, and nothing written."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.act import BUILT, PLANNED, Done
from tests.e2e.conftest import at_github, at_gitlab
from tests.e2e.runner import Runner
from tests.toys import toys

RED = BUILT | {"build": "failure"}


def push_change(project: Path, run: Run, **files: str) -> str:
    """Push a branch `change` with these files; return its commit."""
    toys.do(run, project, "git checkout -q -B change")
    toys.change(project, run, "a change", **files)
    toys.do(run, project, "git push -qf origin change")
    return toys.do(run, project, "git rev-parse HEAD")


def reviewed(runner: Runner, head: str) -> Done:
    """Run what a pull request starts; nothing is written, and no token stays behind."""
    before = toys.state(runner.remote, runner.run)
    runner.forge.open_pull("change")
    done = runner.review(head)
    assert toys.state(runner.remote, runner.run) == before
    assert runner.forge.written in ([], [("comment", 1)])  # GitLab's pipeline comments itself
    assert runner.leaks == []
    return done


def facts(runner: Runner, done: Done) -> dict[str, object]:
    """Return the facts that a run has uploaded."""
    return dict(json.loads((runner.artifact(done.run) / "report.json").read_text()))


@pytest.mark.ml_test_score("Model 1")
@pytest.mark.slow
def test_a_better_model(runner: Runner, toy: Path, run: Run) -> None:
    done = reviewed(runner, push_change(toy, run, params__yaml="quality: 2.0\n"))
    assert done.jobs == BUILT, done.end
    assert "toy: promote" in done.summary
    assert facts(runner, done)["changes"] == [
        {"kind": "parameter", "name": "quality", "before": "1.0", "after": "2.0"}
    ]
    groups = (runner.folder / "groups.txt").read_text()
    assert groups.startswith("plan: dvc\nbuild: dvc pipeline validate gate\n")


@pytest.mark.slow
@at_gitlab
def test_a_worse_model_is_kept_out_and_is_no_failure(runner: Runner, toy: Path, run: Run) -> None:
    done = reviewed(runner, push_change(toy, run, params__yaml="quality: 0.2\n"))
    assert done.jobs == BUILT, done.end
    assert "toy: keep" in done.summary
    assert "worse" in done.summary


@pytest.mark.slow
@at_github
def test_a_model_below_a_floor_is_red(runner: Runner, toy: Path, run: Run) -> None:
    done = reviewed(runner, push_change(toy, run, params__yaml="quality: -2.0\n"))
    assert done.jobs == RED, done.end
    assert "toy: block" in done.summary
    assert facts(runner, done)["verdict"]["verdict"] == "block"  # type: ignore[index]


@pytest.mark.slow
def test_a_broken_contract_is_red_and_reported(runner: Runner, toy: Path, run: Run) -> None:
    done = reviewed(runner, push_change(toy, run, notes__txt="broken\n"))
    assert done.jobs == RED, done.end
    assert "the data break their contract" in done.summary
    assert facts(runner, done)["contract"]["success"] is False  # type: ignore[index]


JUDGED = """
def test_holds(): raise AssertionError("the risk falls with the wind")
def test_warns(): raise AssertionError("it is slow")
def test_passes(): pass
"""


@pytest.mark.slow
def test_what_the_tests_of_behaviour_find_is_reported_and_blocks_or_warns(
    runner: Runner, toy: Path, run: Run
) -> None:
    policy = (toy / "policy.yaml").read_text()
    policy = policy.replace("behaviour: none", "behaviour: judged\n  warns: [test_warns]")
    (toy / "judged").mkdir()
    (toy / "judged/test_it.py").write_text("def test_passes(): pass\n")
    toys.change(toy, run, "tests of behaviour", policy__yaml=policy)
    toys.do(run, toy, "git push -q origin main")
    (toy / "judged/test_it.py").write_text(JUDGED)
    head = push_change(toy, run, params__yaml="quality: 2.0\n")
    done = reviewed(runner, head)
    assert done.jobs == RED, done.end
    assert "a behaviour test fails: test_holds: AssertionError: the risk falls" in done.summary
    assert "1 passed, 0 skipped, 1 failed, 1 warned" in done.summary
    assert "Warning: test_warns: AssertionError: it is slow" in done.summary


@pytest.mark.slow
def test_a_readme_costs_the_plan_alone_and_its_report_says_so(
    runner: Runner, toy: Path, run: Run
) -> None:
    done = reviewed(runner, push_change(toy, run, README__md="Read me.\n"))
    assert done.jobs == PLANNED, done.end
    assert "toy: unchanged" in done.summary
    assert facts(runner, done)["needed"] is False


@pytest.mark.slow
@at_github
def test_a_forged_lock_is_not_believed(runner: Runner, toy: Path, run: Run) -> None:
    lock = (toy / "dvc.lock").read_text().replace("quality: 1.0", "quality: 2.0")
    done = reviewed(runner, push_change(toy, run, params__yaml="quality: 2.0\n", dvc__lock=lock))
    assert done.jobs == BUILT, done.end
    assert "dvc&#46;lock" in done.summary or "dvc.lock" in done.summary
    assert "toy: promote" in done.summary
    assert facts(runner, done)["steps"][0]["state"] == "ran"  # type: ignore[index]


@pytest.mark.slow
def test_a_pull_request_that_the_policy_has_switched_off(
    runner: Runner, toy: Path, run: Run
) -> None:
    text = (toy / "policy.yaml").read_text().replace("pull_request: true", "pull_request: false")
    toys.change(toy, run, "switch it off", policy__yaml=text)
    toys.do(run, toy, "git push -q origin main")
    # the change's own policy, which switches it on again, does not count
    again = text.replace("pull_request: false", "pull_request: true")
    done = reviewed(
        runner, push_change(toy, run, params__yaml="quality: 2.0\n", policy__yaml=again)
    )
    assert done.jobs == PLANNED, done.end
    assert "triggers.pull_request: false" in done.summary.replace("&#95;", "_")
    assert not (runner.artifact(done.run) / "report.json").exists()


@pytest.mark.slow
def test_the_base_is_where_the_branch_left_and_not_what_came_after(
    runner: Runner, toy: Path, run: Run
) -> None:
    head = push_change(toy, run, README__md="Read me.\n")
    toys.do(run, toy, "git checkout -q main")
    toys.change(toy, run, "another person", params__yaml="quality: 2.0\n")
    toys.do(run, toy, "git push -q origin main")
    assert reviewed(runner, head).jobs == PLANNED
