"""A night whose machine is lost on the way: the next one does what is missing, and nothing twice."""

import shlex
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e import kill
from tests.e2e.act import LANDED, PLANNED
from tests.e2e.forge import faults
from tests.e2e.forge.state import Reply
from tests.e2e.runner import Runner
from tests.toys import toys

pytestmark = pytest.mark.slow
OPENS = ("POST", "/(pulls|merge_requests)$")
FILES = {  # of a job's folder
    "the months are there": "data/2013-03.parquet",
    "the model is built": "predictions/test.parquet",
    "what lands is left": "candidate/candidate.json",
}


def killed_where(moment: str, runner: Runner) -> AbstractContextManager[None]:
    """Arrange for all that runs to be killed at a moment."""
    folder = runner.folder
    if moment in FILES:
        return kill.once_there(folder, FILES[moment])

    def lost() -> Reply:
        kill.everything(folder)
        return faults.UNICORN

    if moment == "the branch is pushed":
        hook = runner.remote / "hooks/post-receive"
        words = shlex.join([sys.executable, kill.__file__, str(folder)])
        hook.write_text(f"#!/bin/sh\nrm $0\n{words}\n")
        hook.chmod(0o755)
    elif moment == "the request is to be opened":
        runner.forge.fails[OPENS] = [lost]
    else:
        runner.forge.loses.append((*OPENS, lost))
    return nullcontext()


def persons_branches(left: str, remote: Path, run: Run) -> list[str]:
    """Make two branches of what a run has left: of another name, and with a commit more."""
    work = f"{left.rpartition('-')[0]}-99"
    tree = f"git commit-tree -p {left} -m more {left}^{{tree}}"
    more = toys.do(run, remote, tree)
    toys.do(run, remote, f"git branch {left}-fix {left}", f"git branch {work} {more}")
    return [f"{left}-fix", work]


@pytest.mark.parametrize(
    ("runner", "moment"),
    [
        ("github", "the months are there"),
        ("gitlab", "the model is built"),
        ("github", "what lands is left"),
        ("gitlab", "the branch is pushed"),
        ("github", "the request is to be opened"),
        ("gitlab", "the request is open"),
    ],
    indirect=["runner"],
)
def test_a_night_that_is_killed_is_completed_by_the_next(
    runner: Runner, remote: Path, tmp_path: Path, run: Run, moment: str
) -> None:
    tip = toys.tip(remote, run)
    runner.environment["TOY_SOURCE"] = "3"
    with killed_where(moment, runner):
        done = runner.night()
    assert done.jobs != LANDED, f"nothing was killed: {done.end}"
    assert len(runner.forge.pulls) == (moment == "the request is open")
    left = toys.do(run, remote, "git branch --list retrain/*").strip()
    others = persons_branches(left, remote, run) if left and not runner.forge.pulls else []
    done = runner.night()
    assert done.jobs == (PLANNED if moment == "the request is open" else LANDED), done.end
    (pull,) = runner.forge.pulls.values()
    assert pull.state == "open"
    found = toys.do(run, remote, "git branch --format=%(refname:short) --list retrain/*").split()
    assert found == sorted([pull.branch, *others])
    assert toys.do(run, remote, f"git rev-parse {pull.branch}^") == tip
    assert toys.tip(remote, run) == tip
    fresh = toys.clone(remote, tmp_path / "fresh", run)
    toys.do(run, fresh, f"git checkout -q {pull.branch}", "dvc pull -q", "dvc status --quiet")
    assert len(list((fresh / "data").iterdir())) == 3
