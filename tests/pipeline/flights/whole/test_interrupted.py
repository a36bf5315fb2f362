"""What happens to a run: it is killed, it meets another one, the disk is full. The next one repairs it."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run, clean_environment
from tests.pipeline.flights.whole.test_run import states


def started(project: Path, tmp_path: Path) -> subprocess.Popen[str]:
    """Start a run in a process group of its own, so that it can be killed with all its children."""
    return subprocess.Popen(
        ["retrain", "run"],
        cwd=project,
        env=clean_environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=(project / ".git/said").open("w"),
        text=True,
        start_new_session=True,
    )


def wait_for(happened: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not happened():
        assert process.poll() is None, "the run ended before it could be interrupted"
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.mark.slow
def test_kill_9_in_the_middle_of_a_stage_leaves_nothing_to_repair(
    project: Path, built: Path, tmp_path: Path, run: Run
) -> None:
    process = started(project, tmp_path)
    wait_for(lambda: "fitting" in (project / ".git/said").read_text(), process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (project / "models/model.skops").exists()
    assert states(run, project)["train"] == "ran"
    assert (project / "dvc.lock").read_text() == (built / "dvc.lock").read_text()
    leftovers = [
        path
        for path in project.rglob("*.tmp")
        if ".git" not in path.parts and ".dvc" not in path.parts
    ]
    assert leftovers == []


@pytest.mark.slow
def test_two_runs_at_once_take_turns(project: Path, built: Path, tmp_path: Path, run: Run) -> None:
    first = started(project, tmp_path)
    wait_for(lambda: "validate" in (project / ".git/said").read_text(), first)
    second = run("retrain", "run", "--json", cwd=project)
    assert first.wait() == 0
    assert second.returncode == 0, second.stderr
    assert "another run is at work in this folder; waiting" in second.stderr
    assert {step["state"] for step in json.loads(second.stdout)["steps"]} == {"up to date"}
    assert (project / "dvc.lock").read_text() == (built / "dvc.lock").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["prepare", "train"])
def test_a_disk_that_is_full_is_one_sentence(built_project: Path, run: Run, stage: str) -> None:
    """A limit on the size of files stands in for the end of the disk: the same call fails in the same way."""
    output = built_project / {"prepare": "features", "train": "models"}[stage]
    before = sorted(output.rglob("*"))
    command = f"ulimit -f 8; exec python -m pipeline.{stage}"  # 8 blocks of 512 or 1024
    result = run("bash", "-c", command, cwd=built_project)
    assert result.returncode == 1
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert "free some space" in last
    assert "Traceback" not in result.stderr
    assert sorted(output.rglob("*")) == before
