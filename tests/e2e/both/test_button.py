"""The button: a reason, and what the person has asked for; refused in a sentence."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.e2e.act import BUILT, LANDED, PLANNED, Done
from tests.e2e.conftest import at_github, at_gitlab
from tests.e2e.runner import Runner
from tests.retrain.contexts.lines import SECTION
from tests.toys import toys

REFUSED = PLANNED | {"plan": "failure"}
NO_PIPELINE = dict.fromkeys(REFUSED, "skipped")  # GitLab itself has refused an input


def pressed(on: Runner, **inputs: Any) -> Done:
    done = on.pressed(**inputs)
    assert on.leaks == []
    assert "Traceback" not in done.log
    return done


@pytest.mark.slow
def test_a_report_of_other_parameters_writes_nothing(
    runner: Runner, remote: Path, run: Run
) -> None:
    state = toys.state(remote, run)
    done = pressed(runner, parameters="quality=2.0", reason="is it @better?", runner="big")
    assert done.jobs == BUILT, done.end
    assert "toy: promote" in done.summary
    assert "Asked for by octo, by the button: is it" in done.summary
    assert "@better" not in done.summary
    assert "`quality` `1.0` → `2.0`" in done.summary
    assert toys.state(remote, run) == state


@pytest.mark.slow
def test_a_report_on_one_context_writes_nothing(
    runner: Runner, toy: Path, remote: Path, run: Run
) -> None:
    policy = (toy / "policy.yaml").read_text() + SECTION
    toys.change(toy, run, "contexts", policy__yaml=policy)
    toys.do(run, toy, "git push -q")
    state = toys.state(remote, run)
    done = pressed(runner, context="North")
    assert done.jobs == BUILT, done.end
    assert "toy-north: keep" in done.summary
    assert toys.state(remote, run) == state


@pytest.mark.slow
@at_github
def test_a_proposal_of_other_parameters(runner: Runner, remote: Path, run: Run) -> None:
    done = pressed(runner, parameters="quality=2.0", result="propose")
    assert done.jobs == LANDED, done.end
    (pull,) = runner.forge.pulls.values()
    assert pull.branch.startswith("retrain/button-")
    assert pull.title == "What the button asked for: promote"
    assert toys.do(run, remote, f"git show {pull.branch}:params.yaml") == "quality: 2.0"
    # another person's button, and a night, leave it alone
    assert pressed(runner, parameters="quality=1.5", result="propose").jobs == LANDED
    runner.environment["TOY_SOURCE"] = "3"
    assert runner.night().jobs == LANDED
    assert [each.state for each in runner.forge.pulls.values()] == ["open"] * 3


@pytest.mark.slow
@at_gitlab
def test_new_data_if_asked_for(runner: Runner) -> None:
    runner.environment["TOY_SOURCE"] = "3"
    assert pressed(runner, new_data="false").jobs == PLANNED
    done = pressed(runner, new_data="true")
    assert done.jobs == BUILT, done.end
    assert "2013-03" in done.summary


@pytest.mark.slow
def test_nothing_asked_for_is_nothing_to_do(runner: Runner) -> None:
    done = pressed(runner, result="propose")
    assert done.jobs == PLANNED, done.end
    assert "no run is needed" in done.summary


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"reason": "  "}, "a reason"),
        ({"parameters": "qualty=2.0"}, "did you mean"),
        ({"parameters": "quality=high"}, "not a value of that kind"),
        ({"parameters": "quality"}, "not an override"),
        ({"parameters": "quality=$(touch${IFS}pwned)"}, "not an override"),
        ({"result": "deploy"}, "choose one of"),
        ({"branch": "feature"}, "only main starts this"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_runs(
    runner: Runner, toy: Path, remote: Path, run: Run, inputs: dict[str, str], said: str
) -> None:
    toys.do(run, toy, "git push -q origin HEAD:feature")
    state = toys.state(remote, run)
    done = pressed(runner, **inputs)
    assert done.jobs in (REFUSED, NO_PIPELINE), done.end
    assert said in done.summary or (done.jobs == NO_PIPELINE and "input" in done.log)
    assert toys.state(remote, run) == state
