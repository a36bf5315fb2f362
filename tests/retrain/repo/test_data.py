"""What is in data/ is the user's: no command overwrites what no commit holds, or says so first."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retrain.errors import UserError
from retrain.landing import land
from retrain.repo import base, dvc, snapshot
from retrain.report import judgement
from tests.conftest import Run
from tests.toys import toys
from tests.toys.toys import BETTER, new_month

MONTH = Path("data/2013-02.parquet")
REFUSED = "the data here are not those that data.dvc names"


def refused_run(project: Path, run: Run) -> bytes:
    """Edit a month, and let a run refuse it: DVC has it in its cache then. Return the edit."""
    toys.do(run, project, "dvc pull -q")
    new_month(project, MONTH.stem)
    (project / "notes.txt").write_text("broken\n")
    with pytest.raises(UserError, match="stage make failed"):
        toys.ran(project)
    toys.do(run, project, "git checkout -q notes.txt")
    assert toys.do(run, project, "git status --porcelain data.dvc") == ""
    return (project / MONTH).read_bytes()


def judge(project: Path) -> None:
    with toys.working_in(project), dvc.opened() as repo:
        judgement.settle(repo, base.resolve("HEAD")).run()


def propose(project: Path) -> None:
    with toys.working_in(project), dvc.opened() as repo:
        land.propose(repo)


def fetch_what_is_missing(project: Path) -> None:
    (project / "data/2013-01.parquet").unlink()
    toys.ran(project)


@pytest.mark.parametrize(
    "command",
    [judge, toys.landed, propose, fetch_what_is_missing, lambda toy: toys.ran(toy, "HEAD")],
)
def test_an_edit_that_a_run_refused_is_not_lost(
    toy: Path, remote: Path, run: Run, command: Callable[[Path], Any]
) -> None:
    edit, before = refused_run(toy, run), toys.state(remote, run)
    toys.change(toy, run, "better", params__yaml=BETTER)
    said = re.escape(f"{REFUSED}: {MONTH} is in no commit; first: dvc add data")
    with pytest.raises(UserError, match=said):
        command(toy)
    assert (toy / MONTH).read_bytes() == edit
    assert toys.state(remote, run) == before
    assert toys.do(run, toy, "git status --porcelain data.dvc") == ""


def test_the_report_says_that_and_not_why_the_run_before_failed(toy: Path, run: Run) -> None:
    refused_run(toy, run)
    (toy / "params.yaml").write_text(BETTER)
    with pytest.raises(UserError):
        judge(toy)
    facts = json.loads((toy / "report.json").read_text())
    assert facts["error"].startswith(REFUSED)
    assert (facts["steps"], facts["contract"]) == ([], None)


def test_the_remedies_work(toy: Path, run: Run) -> None:
    edit = refused_run(toy, run)
    toys.do(run, toy, "dvc add -q data")
    assert toys.ran(toy, "HEAD") == {"make": "ran"}
    assert (toy / MONTH).read_bytes() == edit
    toys.do(run, toy, "git checkout -q data.dvc", "dvc checkout -q --force data.dvc")
    assert toys.ran(toy, "HEAD") == {"make": "up to date"}
    assert (toy / MONTH).read_bytes() != edit


def test_a_new_month_of_no_version_is_not_lost(toy: Path, run: Run) -> None:
    """It was versioned, its data.dvc was taken back, and it was never in a commit."""
    toys.do(run, toy, "dvc pull -q")
    new_month(toy, "2013-03")
    toys.do(run, toy, "dvc add -q data", "git checkout -q data.dvc")
    with pytest.raises(UserError, match=r"data/2013-03.parquet is in no commit"):
        toys.ran(toy, "HEAD")
    assert (toy / "data/2013-03.parquet").exists()


def other_month(project: Path, run: Run) -> None:
    new_month(project, "2013-03")
    toys.do(run, project, "dvc add -q data", "git commit -qam data", "git reset -q --hard HEAD~1")
    toys.do(run, project, "git branch -f data ORIG_HEAD")


def half_a_checkout(project: Path, run: Run) -> None:
    other_month(project, run)
    (project / "data/2013-01.parquet").unlink()


def stashed(project: Path, run: Run) -> None:
    new_month(project, "2013-03")
    toys.do(run, project, "dvc add -q data", "git stash -q")


@pytest.mark.parametrize("left", [other_month, half_a_checkout, stashed])
def test_data_that_a_commit_holds_are_replaced(
    toy: Path, run: Run, left: Callable[[Path, Run], Any]
) -> None:
    toys.do(run, toy, "dvc pull -q")
    left(toy, run)
    assert (toy / "data/2013-03.parquet").exists()
    assert toys.ran(toy, "HEAD") == {"make": "up to date"}
    assert {path.stem for path in (toy / "data").iterdir()} == {"2013-01", "2013-02"}


def test_a_month_that_is_missing_comes_back(toy: Path, run: Run) -> None:
    toys.do(run, toy, "dvc pull -q")
    toys.do(run, toy, f"rm -r {MONTH} .dvc/cache")
    with toys.working_in(toy), dvc.opened() as repo:
        assert snapshot.pull(repo) is True
        assert snapshot.pull(repo) is False
    assert (toy / MONTH).exists()


@pytest.fixture
def late(toy: Path, remote: Path, tmp_path: Path, run: Run) -> Path:
    """Return a clone with a new month, while another clone has landed another one."""
    other = toys.clone(remote, tmp_path / "other", run)
    for project, month in ((toy, "2013-03"), (other, "2013-04")):
        toys.do(run, project, "dvc pull -q data.dvc")
        new_month(project, month)
        toys.do(run, project, "dvc add -q data")
    toys.change(other, run, "theirs", params__yaml=BETTER)
    toys.landed(other)
    return toy


@pytest.mark.slow
def test_new_data_that_lose_a_race_are_put_aside_by_name(late: Path, run: Run) -> None:
    result = run("retrain", "land", cwd=late)
    assert result.returncode == 0, result.stderr
    command = "git checkout stash@{0} -- data.dvc && dvc checkout"
    assert command in " ".join(result.stderr.split())
    assert not (late / "data/2013-03.parquet").exists()
    toys.do(run, late, *command.split(" && "))
    assert (late / "data/2013-03.parquet").exists()


@pytest.mark.slow
def test_new_data_stay_where_commits_conflict(late: Path, run: Run) -> None:
    mine = (late / "data.dvc").read_text()
    toys.do(run, late, "git stash -q")
    toys.change(late, run, "mine", params__yaml="quality: 1.2\n")
    toys.do(run, late, "git stash pop -q")
    with pytest.raises(UserError, match="your commits conflict"):
        toys.landed(late)
    assert (late / "data.dvc").read_text() == mine
    assert (late / "data/2013-03.parquet").exists()
    assert toys.do(run, late, "git stash list") == ""


@pytest.mark.slow
def test_objects_that_are_in_the_store_alone_are_not_lost(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    """`dvc push`, then `make clean`, and the store has the only copy of what is not committed."""
    toys.do(run, toy, "dvc pull -q")
    new_month(toy, "2013-03")
    toys.do(run, toy, "dvc add -q data", "dvc push -q", "rm -rf data .dvc/cache .dvc/tmp")
    other = toys.clone(remote, tmp_path / "other", run)
    toys.change(other, run, "better", params__yaml=BETTER)
    toys.landed(other)
    toys.landed(toy)
    assert (toy / "data/2013-03.parquet").exists()
    toys.assert_whole(remote, tmp_path / "fresh", run)
