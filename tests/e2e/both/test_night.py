"""Nights and alarms: new data become a pull request, and its merge is what accepts them."""

import re
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.act import LANDED, PLANNED, Done
from tests.e2e.conftest import at_github, at_gitlab
from tests.e2e.forge import faults
from tests.e2e.runner import Runner
from tests.toys import toys


def night(runner: Runner, months: int) -> Done:
    """Run what the schedule starts, with as many months at the source."""
    runner.environment["TOY_SOURCE"] = str(months)
    done = runner.night()
    assert runner.leaks == []
    return done


def merge(runner: Runner, number: int) -> None:
    pull = runner.forge.pulls[number]
    toys.do(runner.run, runner.remote, f"git update-ref refs/heads/main {pull.sha}")
    pull.state = "merged"


@pytest.mark.slow
def test_a_night_with_new_data_opens_a_pull_request_whose_merge_lands_it(
    runner: Runner, remote: Path, tmp_path: Path, run: Run
) -> None:
    tip = toys.tip(remote, run)
    done = night(runner, 3)
    assert done.jobs == LANDED, done.end
    (pull,) = runner.forge.pulls.values()
    assert (pull.title, pull.base) == ("New data: keep", "main")
    assert re.fullmatch(rf"retrain/data-[0-9a-f]{{12}}-{done.run}-\d+", pull.branch)
    assert "Asked for by the schedule" in (pull.body or "")
    assert "2013-03" in (pull.body or "")
    assert "[skip ci]" not in toys.do(run, remote, f"git log -1 --format=%B {pull.branch}")
    assert toys.do(run, remote, f"git rev-parse {pull.branch}^") == tip
    assert runner.forge.written == [("open", 1)]
    assert toys.tip(remote, run) == tip
    fresh = toys.clone(remote, tmp_path / "fresh", run)
    toys.do(run, fresh, f"git checkout -q {pull.branch}", "dvc pull -q", "dvc status --quiet")
    assert len(list((fresh / "data").iterdir())) == 3
    again = night(runner, 3)
    assert again.jobs == PLANNED, again.end
    assert re.search("the same is proposed already, and waits", again.summary)
    assert pull.branch in toys.do(run, remote, "git branch --list retrain/data-*")
    merge(runner, 1)
    done = runner.merged()
    assert done.jobs == LANDED, done.end  # what was merged is built again, and is the same
    assert "Nothing had to land" in done.summary
    toys.assert_whole(remote, tmp_path / "whole", run)
    assert night(runner, 3).jobs == PLANNED
    assert night(runner, 4).jobs == LANDED
    assert "2013-04" in (runner.forge.pulls[2].body or "")


@pytest.mark.slow
def test_a_night_without_new_data_costs_the_plan_alone(
    runner: Runner, remote: Path, run: Run
) -> None:
    state = toys.state(remote, run)
    done = night(runner, 2)
    assert done.jobs == PLANNED, done.end
    assert toys.state(remote, run) == state
    assert {method for method, _, _ in runner.forge.requests} <= {"GET"}
    assert not any("protected" in path for _, path, _ in runner.forge.requests)


@pytest.mark.slow
def test_new_data_that_break_the_contract_stay_in_quarantine_until_they_are_corrected(
    runner: Runner, remote: Path, run: Run
) -> None:
    state = toys.state(remote, run)
    runner.environment["TOY_BREAKS"] = "2013-03"
    done = night(runner, 3)
    assert done.jobs == {"plan": "success", "build": "failure", "land": "skipped"}, done.end
    assert "quarantine/2013-03.parquet breaks the contract" in done.summary
    assert toys.state(remote, run) == state
    del runner.environment["TOY_BREAKS"]
    done = night(runner, 3)
    assert done.jobs == LANDED, done.end


@pytest.mark.slow
@at_gitlab
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
    assert again.jobs == PLANNED
    assert "same is proposed already" in again.summary
    assert toys.state(remote, run) == state
    assert [pull.state for pull in runner.forge.pulls.values()] == ["open"] * 3

    toys.change(toy, run, "a change", params__yaml="quality: 2.0\n")
    toys.do(run, toy, "git push -q origin main")
    newer = night(runner, 3)
    assert newer.jobs == LANDED, newer.end
    older, newest = list(runner.forge.pulls.values())[2:]
    assert (older.state, newest.state) == ("closed", "open")
    (pointer,) = runner.forge.comments[older.number]
    assert re.search(rf"/(pull|merge_requests)/{newest.number}$", pointer.body)
    assert (mine.state, stranger.state) == ("open", "open")
    assert runner.forge.written == [
        ("open", older.number),
        ("open", newest.number),
        ("comment", older.number),
        ("closed", older.number),
    ]


@pytest.mark.slow
@at_github
def test_a_proposal_that_was_opened_and_no_more_is_tidied_up_by_the_next(
    runner: Runner, toy: Path, remote: Path, run: Run
) -> None:
    assert night(runner, 3).jobs == LANDED
    toys.change(toy, run, "a change", params__yaml="quality: 2.0\n")
    toys.do(run, toy, "git push -q origin main")
    runner.forge.fails[("POST", "/(comments|notes)")] = [502]
    assert night(runner, 3).jobs["land"] == "failure"
    assert [pull.state for pull in runner.forge.pulls.values()] == ["open", "open"]
    done = night(runner, 3)
    assert done.jobs == LANDED
    assert "The same is proposed already" in done.summary
    assert [pull.state for pull in runner.forge.pulls.values()] == ["closed", "open"]
    older = runner.forge.pulls[1].branch
    assert older not in toys.do(run, remote, "git branch --list retrain/*")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("runner", "lost"), [("github", False), ("gitlab", True)], indirect=["runner"]
)
def test_a_proposal_that_the_forge_falters_at_is_opened_once(
    runner: Runner, remote: Path, run: Run, lost: bool
) -> None:
    opens = ("POST", "/(pulls|merge_requests)$")
    if lost:
        runner.forge.loses.append(opens)
    else:
        runner.forge.fails[opens] = [faults.UNICORN, faults.UNICORN]
    done = night(runner, 3)
    assert done.jobs == LANDED, done.end
    (pull,) = runner.forge.pulls.values()
    assert pull.state == "open"
    assert toys.tip(remote, run, pull.branch) == pull.sha
    assert runner.forge.written == [("open", 1)]


@pytest.mark.slow
@at_gitlab
def test_a_forge_that_stays_out_of_order_is_proposed_nothing_and_keeps_no_branch(
    runner: Runner, remote: Path, run: Run
) -> None:
    runner.forge.fails["POST", "/(pulls|merge_requests)$"] = [faults.UNICORN] * 9
    done = night(runner, 3)
    assert done.jobs["land"] == "failure"
    assert re.search("out of order|Bad Gateway", done.log)
    assert "Unicorn" not in done.log
    assert toys.do(run, remote, "git branch --list retrain/*") == ""
    assert runner.forge.pulls == {}


@pytest.mark.slow
def test_an_alarm_says_its_reason_in_the_report(runner: Runner) -> None:
    runner.environment["TOY_SOURCE"] = "3"
    reason = "drift in\nsignal `$(id)` @everybody " + "x" * 900
    done = runner.alarm(reason=reason)
    assert done.jobs == LANDED, done.end
    body = runner.forge.pulls[1].body or ""
    assert "Asked for by an alarm: drift in signal" in body
    assert "@everybody" not in body
    assert "x" * 400 in body
    assert "x" * 500 not in body


@pytest.mark.slow
@pytest.mark.parametrize("switch", ["schedule", "alarm"])
def test_a_switch_in_the_policy(runner: Runner, toy: Path, run: Run, switch: str) -> None:
    text = (toy / "policy.yaml").read_text().replace(f"{switch}: true", f"{switch}: false")
    toys.change(toy, run, "off", policy__yaml=text)
    toys.do(run, toy, "git push -q origin main")
    runner.environment["TOY_SOURCE"] = "3"
    done = runner.night() if switch == "schedule" else runner.alarm(reason="drift")
    assert done.jobs == PLANNED, done.end
    assert f"triggers.{switch}: false" in done.summary
