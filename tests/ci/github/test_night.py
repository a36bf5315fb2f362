"""Nights and alarms: new data become a pull request, and its merge is what accepts them."""

from pathlib import Path

import pytest

from tests.ci import events, toys
from tests.ci.acted import LANDED, PLANNED, Done
from tests.ci.acting import APP_TOKEN, Runner
from tests.conftest import Run


def night(runner: Runner, months: int) -> Done:
    """Run what the schedule starts, with as many months at the source."""
    runner.environment["TOY_SOURCE"] = str(months)
    done = runner.fire("retrain", "schedule", events.schedule())
    assert runner.leaks == []
    return done


def writes(runner: Runner) -> list[tuple[str, str]]:
    """Return what has been asked of the forge that changes anything."""
    return [(method, path) for method, path, _ in runner.forge.requests if method != "GET"]


def merge(runner: Runner, number: int) -> None:
    pull = runner.forge.pulls[number]
    toys.do(runner.run, runner.remote, f"git update-ref refs/heads/main {pull.sha}")
    pull.state = "merged"


@pytest.mark.slow
def test_a_night_with_new_data_opens_a_pull_request(
    runner: Runner, remote: Path, tmp_path: Path, run: Run
) -> None:
    tip = toys.tip(remote, run)
    done = night(runner, 3)
    assert done.jobs == LANDED, done.end
    (pull,) = runner.forge.pulls.values()
    assert (pull.title, pull.base) == ("New data: keep", "main")
    assert pull.branch.startswith("retrain/data-")
    assert pull.branch.endswith(f"-{done.run}-1")
    assert "Asked for by the schedule" in (pull.body or "")
    assert "2013-03" in (pull.body or "")
    assert "[skip ci]" not in toys.do(run, remote, f"git log -1 --format=%B {pull.branch}")
    assert toys.do(run, remote, f"git rev-parse {pull.branch}^") == tip
    assert writes(runner) == [("POST", "/pulls")]
    assert toys.tip(remote, run) == tip
    fresh = toys.clone(remote, tmp_path / "fresh", run)
    toys.do(run, fresh, f"git checkout -q {pull.branch}", "dvc pull -q", "dvc status --quiet")
    assert len(list((fresh / "data").iterdir())) == 3


@pytest.mark.slow
def test_a_night_without_new_data_costs_the_plan_alone(
    runner: Runner, remote: Path, run: Run
) -> None:
    state = toys.state(remote, run)
    done = night(runner, 2)
    assert done.jobs == PLANNED, done.end
    assert toys.state(remote, run) == state
    assert runner.forge.requests == []


@pytest.mark.slow
def test_while_a_proposal_is_open_the_same_is_not_proposed_again_and_newer_takes_its_place(
    runner: Runner, toy: Path, remote: Path, run: Run
) -> None:
    mine = runner.forge.open_pull("retrain/data-of-mine", title="a person's own")
    stranger = runner.forge.open_pull(
        "retrain/data-0123456789ab-1-1", owner="mallory", sha="f" * 40
    )
    assert night(runner, 3).jobs == LANDED
    toys.change(toy, run, "no matter", README__md="Read me.\n")
    toys.do(run, toy, "git push -q origin main")
    state = toys.state(remote, run)
    again = night(runner, 3)
    assert again.jobs == LANDED
    assert "The same is proposed already" in again.summary
    assert toys.state(remote, run) == state
    assert [pull.state for pull in runner.forge.pulls.values()] == ["open"] * 3

    toys.change(toy, run, "a change", params__yaml="quality: 2.0\n")
    toys.do(run, toy, "git push -q origin main")
    newer = night(runner, 3)
    assert newer.jobs == LANDED, newer.end
    older, newest = list(runner.forge.pulls.values())[2:]
    assert (older.state, newest.state) == ("closed", "open")
    (pointer,) = runner.forge.comments[older.number]
    assert f"/pull/{newest.number}" in pointer.body
    assert (mine.state, stranger.state) == ("open", "open")
    assert writes(runner) == [
        ("POST", "/pulls"),
        ("POST", "/pulls"),
        ("POST", f"/issues/{older.number}/comments"),
        ("PATCH", f"/pulls/{older.number}"),
    ]


@pytest.mark.slow
def test_a_proposal_that_was_opened_and_no_more_is_tidied_up_by_the_next(
    runner: Runner, toy: Path, remote: Path, run: Run
) -> None:
    assert night(runner, 3).jobs == LANDED
    toys.change(toy, run, "a change", params__yaml="quality: 2.0\n")
    toys.do(run, toy, "git push -q origin main")
    runner.forge.fails[("POST", "/comments")] = [502]
    assert night(runner, 3).jobs["land"] == "failure"
    assert [pull.state for pull in runner.forge.pulls.values()] == ["open", "open"]
    done = night(runner, 3)
    assert done.jobs == LANDED
    assert "The same is proposed already" in done.summary
    assert [pull.state for pull in runner.forge.pulls.values()] == ["closed", "open"]
    older = runner.forge.pulls[1].branch
    assert older not in toys.do(run, remote, "git branch --list retrain/*")


@pytest.mark.slow
def test_merging_a_proposal_lands_it_and_the_next_night_goes_on(
    runner: Runner, remote: Path, tmp_path: Path, run: Run
) -> None:
    night(runner, 3)
    merge(runner, 1)
    done = runner.fire("retrain", "push", events.push())
    assert done.jobs == LANDED, done.end  # what was merged is built again, and is the same
    assert "Nothing had to land" in done.summary
    toys.assert_whole(remote, tmp_path / "whole", run)
    assert night(runner, 3).jobs == PLANNED
    assert night(runner, 4).jobs == LANDED
    assert "2013-04" in (runner.forge.pulls[2].body or "")


@pytest.mark.slow
def test_an_alarm_says_its_reason_in_the_report(runner: Runner) -> None:
    runner.environment["TOY_SOURCE"] = "3"
    reason = "drift in\nsignal `$(id)` @everybody " + "x" * 1000
    done = runner.fire("retrain", "repository_dispatch", events.alarm(reason=reason))
    assert done.jobs == LANDED, done.end
    body = runner.forge.pulls[1].body or ""
    assert "Asked for by an alarm: drift in signal" in body
    assert "@everybody" not in body
    assert "x" * 400 in body
    assert "x" * 500 not in body


@pytest.mark.slow
@pytest.mark.parametrize(("event", "switch"), [("schedule", "schedule"), ("alarm", "alarm")])
def test_a_switch_in_the_policy(
    runner: Runner, toy: Path, run: Run, event: str, switch: str
) -> None:
    text = (toy / "policy.yaml").read_text().replace(f"{switch}: true", f"{switch}: false")
    toys.change(toy, run, "off", policy__yaml=text)
    toys.do(run, toy, "git push -q origin main")
    runner.environment["TOY_SOURCE"] = "3"
    name = "schedule" if event == "schedule" else "repository_dispatch"
    payload = events.schedule() if event == "schedule" else events.alarm(reason="drift")
    done = runner.fire("retrain", name, payload)
    assert done.jobs == PLANNED, done.end
    assert f"triggers.{switch}: false" in done.summary


@pytest.mark.slow
def test_a_repository_that_lets_no_job_open_pull_requests_is_told_where_to_change_that(
    runner: Runner, remote: Path, run: Run
) -> None:
    runner.forge.may_open_pulls = False
    state = toys.state(remote, run)
    done = night(runner, 3)
    assert done.jobs == {"plan": "success", "train": "skipped", "land": "failure"}
    assert "Settings, Actions, General" in done.summary
    assert toys.state(remote, run) == state  # no branch is left behind


@pytest.mark.slow
def test_with_an_app_the_pull_request_is_the_apps(runner: Runner) -> None:
    runner.secrets = {"RETRAIN_APP_ID": "Iv1.0123456789", "RETRAIN_APP_KEY": "the-key-of-the-app"}
    runner.forge.app_token = APP_TOKEN
    done = night(runner, 3)
    assert done.jobs == LANDED, done.end
    assert ("POST", "/pulls") in runner.forge.as_app
