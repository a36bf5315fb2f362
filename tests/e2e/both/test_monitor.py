"""An alarm: raised by one job, answered by a retraining whose proposal quotes it, and not again."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.e2e.act import LANDED
from tests.e2e.conftest import at_github
from tests.e2e.runner import Runner
from tests.retrain.ci.monitor.test_alarm_job import DRIFT, drift
from tests.toys import toys
from tests.toys.watched import watch

LOOKED = {"look": "success", "alarm": "success"}
LOOK = ".venv/bin/retrain ci monitor"
FOUND = "cp -r found drift"  # in place of the comparison
SAYS = {
    ".github/workflows/monitor.yml": "; echo alarm=yes >> $GITHUB_OUTPUT",
    ".gitlab/monitor.yml": "",
}


def found(toy: Path, run: Run) -> None:
    """Let the job before the alarm find one."""
    for file, says in SAYS.items():
        text = (toy / file).read_text()
        assert LOOK in text
        (toy / file).write_text(text.replace(LOOK, FOUND + says))
    (toy / "found").mkdir()
    (toy / "found/drift.json").write_text(drift().model_dump_json())
    policy = toy / "policy.yaml"
    policy.write_text(policy.read_text() + DRIFT.replace("cooldown: 7", "cooldown: 0"))
    toys.do(run, toy, "git add -A", "git commit -qm drift", "git push -q origin main")


def sent(runner: Runner) -> Any:
    said = runner.forge.dispatched[-1]
    return said.get("client_payload") or said["inputs"]


@pytest.mark.slow
def test_an_alarm_retrains_proposes_with_its_reason_and_is_not_repeated(
    runner: Runner, toy: Path, run: Run
) -> None:
    found(toy, run)
    done = runner.monitor()
    assert done.jobs == LOOKED, done.end
    assert "The alarm is raised" in done.summary
    assert "@in" not in done.summary
    assert sent(runner) == {"reason": "visib: 10 | @in 100%", "cause": drift().cause}

    runner.environment["TOY_SOURCE"] = "3"
    done = runner.alarm(**sent(runner))
    assert done.jobs == LANDED, done.end
    (pull,) = runner.forge.pulls.values()
    assert pull.branch.endswith(f"-{drift().cause}")
    body = pull.body or ""
    assert "Asked for by an alarm: visib: 10" in body
    assert "@in" not in body

    done = runner.monitor()
    assert done.jobs == LOOKED, done.end
    assert "the proposal for the same cause is open" in done.summary
    assert len(runner.forge.dispatched) == 1
    assert runner.leaks == []


@pytest.mark.slow
def test_the_job_looks_at_new_data_and_finds_what_has_moved(
    runner: Runner, toy: Path, run: Run
) -> None:
    watch(toy, run)
    toys.change(toy, run, "better", params__yaml=toys.BETTER)
    toys.landed(toy)
    runner.environment["TOY_SOURCE"] = "3"
    done = runner.monitor()
    assert done.jobs["look"] == "success", done.end
    assert "No alarm" in done.summary
    assert "| signal |" in done.summary
    assert runner.forge.dispatched == []
    assert runner.leaks == []


@pytest.mark.slow
@at_github
def test_an_alarm_from_elsewhere_is_text_whatever_it_holds(runner: Runner) -> None:
    runner.environment["TOY_SOURCE"] = "3"
    text = "<img src=x onerror=alert(1)> @everybody\n| [x](http://x) $(id) " + "x" * 10_000
    done = runner.alarm(
        reason={"why": [text, 7, None]}, cause="../../main", result="deploy", more={}
    )
    assert done.jobs == LANDED, done.end
    (pull,) = runner.forge.pulls.values()
    assert pull.branch.startswith("retrain/data-")
    assert "main" not in pull.branch
    body = pull.body or ""
    for active in ("<img", "@everybody", "](http://x)", "x" * 501):
        assert active not in body
