"""A merge lands once; what it made starts nothing again."""

import re
import threading
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.act import LANDED, PLANNED, Done
from tests.e2e.conftest import at_github, at_gitlab
from tests.e2e.runner import Runner
from tests.toys import toys


def merge(project: Path, run: Run, **files: str) -> None:
    """Merge files into the default branch."""
    toys.do(run, project, "git pull -q --rebase origin main")
    toys.change(project, run, "a change", **files)
    toys.do(run, project, "git push -q origin main")


def pushed(runner: Runner, first: bool = False) -> Done:
    done = runner.merged(first)
    assert runner.leaks == []
    return done


@pytest.mark.slow
def test_a_merge_lands_once_and_the_landing_starts_nothing(
    runner: Runner, toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    merge(toy, run, params__yaml="quality: 2.0\n")
    before = toys.tip(remote, run)
    done = pushed(runner)
    assert done.jobs == LANDED, done.end
    assert toys.do(run, remote, "git rev-list --count main", "git rev-parse main^") == before
    assert toys.versions(remote, run) == ["toy@v1.0.0", "toy@v1.1.0"]
    assert "registered toy@v1.1.0" in done.summary
    assert re.search(r"Missing in the set-up: \d \(record branch, ", done.summary)
    toys.assert_whole(remote, tmp_path / "whole", run)
    state = toys.state(remote, run)
    again = pushed(runner)
    assert again.jobs == PLANNED, again.end
    assert toys.state(remote, run) == state


@pytest.mark.slow
def test_a_readme_costs_the_plan_alone(runner: Runner, toy: Path, remote: Path, run: Run) -> None:
    merge(toy, run, README__md="Read me.\n")
    state = toys.state(remote, run)
    done = pushed(runner)
    assert done.jobs == PLANNED, done.end
    assert "no run is needed" in done.summary
    assert toys.state(remote, run) == state


@pytest.mark.slow
@at_github
def test_a_policy_lands_without_a_training(
    runner: Runner, toy: Path, remote: Path, run: Run
) -> None:
    text = (toy / "policy.yaml").read_text().replace("margin: 0.001", "margin: 0.002")
    merge(toy, run, policy__yaml=text)
    done = pushed(runner)
    assert done.jobs == LANDED, done.end
    assert "Nothing had to land" in done.summary
    assert toys.recorded(remote, run) == toys.tip(remote, run)


@pytest.mark.slow
@at_gitlab
def test_results_that_were_merged_are_built_again(
    runner: Runner, toy: Path, remote: Path, run: Run
) -> None:
    lock = (toy / "dvc.lock").read_text().replace("quality: 1.0", "quality: 2.0")
    merge(toy, run, params__yaml="quality: 2.0\n", dvc__lock=lock)
    done = pushed(runner)
    assert done.jobs == LANDED, done.end
    assert toys.recorded(remote, run) == toys.tip(remote, run)


@pytest.mark.slow
def test_the_copy_of_a_template_begins_with_nothing_to_do(
    runner: Runner, remote: Path, run: Run
) -> None:
    toys.make_copy(remote, run)
    state = toys.state(remote, run)
    done = pushed(runner, first=True)
    assert done.jobs == PLANNED, done.end
    assert toys.state(remote, run) == state


@pytest.mark.slow
@at_github
def test_a_copy_whose_results_do_not_fit_is_built(
    runner: Runner, toy: Path, remote: Path, run: Run
) -> None:
    merge(toy, run, params__yaml="quality: 2.0\n")
    toys.make_copy(remote, run)
    done = pushed(runner, first=True)
    assert done.jobs == LANDED, done.end
    assert toys.versions(remote, run) == ["toy@v1.0.0"]


@pytest.mark.slow
def test_what_is_blocked_does_not_land(runner: Runner, toy: Path, remote: Path, run: Run) -> None:
    merge(toy, run, params__yaml="quality: -2.0\n")
    state = toys.state(remote, run)
    done = pushed(runner)
    assert done.jobs == PLANNED | {"build": "failure"}
    assert "blocked, nothing lands" in done.summary
    assert "toy: block" in done.summary
    assert toys.state(remote, run) == state
    assert runner.artifact(done.run).exists()


@pytest.mark.slow
def test_a_switch_in_the_policy(runner: Runner, toy: Path, run: Run) -> None:
    text = (toy / "policy.yaml").read_text().replace("push: true", "push: false")
    merge(toy, run, params__yaml="quality: 2.0\n", policy__yaml=text)
    done = pushed(runner)
    assert done.jobs == PLANNED, done.end
    assert "triggers.push: false" in done.summary


@pytest.mark.slow
def test_a_protected_branch_gets_a_pull_request_whose_merge_registers(
    runner: Runner, toy: Path, remote: Path, run: Run
) -> None:
    merge(toy, run, params__yaml="quality: 2.0\n")
    toys.protect(remote, whole=runner.refusal)
    tip = toys.tip(remote, run)
    (counted := toy.parent / "counted").touch()
    runner.environment["TOY_COUNTS"] = str(counted)
    done = pushed(runner)
    assert done.jobs == LANDED, done.end
    assert counted.read_text() == "x"  # trained once
    (pull,) = runner.forge.pulls.values()
    assert pull.branch.startswith("retrain/push-")
    assert toys.tip(remote, run) == tip
    assert toys.versions(remote, run) == ["toy@v1.0.0"]
    # a person merges it
    toys.do(run, remote, f"git update-ref refs/heads/main {pull.sha}")
    done = pushed(runner)
    assert done.jobs == LANDED, done.end
    assert toys.versions(remote, run) == ["toy@v1.0.0", "toy@v1.1.0"]
    assert len(runner.forge.pulls) == 1
    assert pushed(runner).jobs == PLANNED


@pytest.mark.slow
@at_gitlab
def test_a_machine_that_builds_other_bytes_does_not_propose_for_ever(
    runner: Runner, toy: Path, remote: Path, run: Run
) -> None:
    merge(toy, run, params__yaml="quality: 2.0\n")
    toys.protect(remote, whole=runner.refusal)
    runner.environment["TOY_MACHINE"] = "one"
    assert pushed(runner).jobs == LANDED
    (pull,) = runner.forge.pulls.values()
    toys.do(run, remote, f"git update-ref refs/heads/main {pull.sha}")
    pull.state = "closed"
    runner.environment["TOY_MACHINE"] = "another"
    done = pushed(runner)
    assert done.jobs["land"] == "failure"
    assert "another kind of processor" in done.summary
    assert len(runner.forge.pulls) == 1
    runner.environment["TOY_MACHINE"] = "one"
    assert pushed(runner).jobs == LANDED
    assert toys.versions(remote, run) == ["toy@v1.0.0", "toy@v1.1.0"]


@pytest.mark.slow
def test_what_was_taken_back_from_the_branch_stays_away(
    runner: Runner, toy: Path, remote: Path, run: Run
) -> None:
    tip = toys.tip(remote, run)
    merge(toy, run, params__yaml="quality: 2.0\n", private__txt="not for all\n")
    taken = toys.tip(remote, run)
    clone = toys.clone(remote, toy.parent / "event", run)  # the job begins, and then:
    toys.do(run, remote, f"git update-ref refs/heads/main {tip}")
    done = runner.merged(at=clone)
    assert done.jobs == PLANNED, done.end
    assert toys.tip(remote, run) == tip != taken


@pytest.mark.slow
@at_github
def test_two_landings_at_once(
    runner: Runner, toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    merge(toy, run, params__yaml="quality: 2.0\n")
    done: list[Done] = []
    other = type(runner)(tmp_path / "other", runner.forge, remote, run, runs=2000)
    landings = [
        threading.Thread(target=lambda each=each: done.append(pushed(each)))
        for each in (runner, other)
    ]
    for landing in landings:
        landing.start()
    for landing in landings:
        landing.join()
    results = [each.jobs["land"] for each in done]
    assert set(results) <= {"success", "skipped"}, done
    assert "success" in results
    assert toys.versions(remote, run) == ["toy@v1.0.0", "toy@v1.1.0"]
    toys.assert_whole(remote, tmp_path / "whole", run)
