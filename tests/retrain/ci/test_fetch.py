"""What a job fetches before its token is out of reach is all that its run asks a remote for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from retrain.ci import build_job, fetch
from retrain.ci.event import Event
from retrain.errors import UserError
from retrain.gate.schema import Verdict
from retrain.run import step_notes
from tests.conftest import Run
from tests.toys import toys

BETTER = "quality: 2.0\n"


@pytest.fixture
def bucket(toy: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the remote of a clone whose results are there, and nowhere else."""
    place = tmp_path / "bucket"
    toys.do(run, toy, "dvc pull -q", f"dvc remote add -q -d bucket {place}", "dvc push -q")
    toys.do(run, toy, "git rm -rq store", "git commit -qam bucket", "git push -q origin main")
    toys.landed(toy)
    monkeypatch.chdir(toy)
    return place


def build(event: Event) -> Verdict | None:
    """Do what the steps of the job do that builds."""
    try:
        build_job.start(event)
        subprocess.run([sys.executable, "-m", "dvc", "repro", "-q"], check=True)
        return build_job.judge(event)
    except UserError as error:
        step_notes.note(error)
        raise
    finally:
        build_job.report(event)


def away(bucket: Path) -> None:
    bucket.rename(bucket.with_name("away"))


@pytest.mark.slow
def test_a_build_needs_no_remote(toy: Path, bucket: Path, run: Run) -> None:
    toys.change(toy, run, "better", params__yaml=BETTER)
    toys.do(run, toy, "git push -q origin main", "rm -rf .dvc/cache models predictions data")
    event = Event("push", "1", branch="main")
    fetch.for_run(event)
    away(bucket)
    build(event)
    about = json.loads(Path("candidate/candidate.json").read_text())
    assert about["verdict"]["verdict"] == "promote"
    assert about["verdict"]["champion"]["problem"] is None
    names = {path.name for path in Path("candidate/objects").iterdir()}
    data = {path.name for path in bucket.with_name("away").glob("files/md5/*/*")}
    # the model and its scores, and the list of the data
    assert len([name for name in names if not name.endswith(".dir")]) == 2
    assert len(data) > 2


@pytest.mark.slow
def test_a_review_needs_no_remote(toy: Path, bucket: Path, run: Run) -> None:
    toys.do(run, toy, "git checkout -q -b change")
    toys.change(toy, run, "better", params__yaml=BETTER)
    toys.do(run, toy, "rm -rf .dvc/cache models predictions data")
    event = Event("pull_request", "1", base="origin/main")
    fetch.for_run(event)
    away(bucket)
    verdict = build(event)
    assert verdict
    assert verdict.verdict == "promote"
    assert verdict.champion
    assert verdict.champion.problem is None


@pytest.mark.slow
def test_data_that_no_remote_gives_are_a_sentence_of_the_run(
    toy: Path, bucket: Path, run: Run
) -> None:
    away(bucket)
    toys.do(run, toy, "git checkout -q -b change")
    toys.change(toy, run, "better", params__yaml=BETTER)
    toys.do(run, toy, "rm -rf .dvc/cache models predictions data")
    event = Event("pull_request", "1", base="origin/main")
    fetch.for_run(event)
    with pytest.raises(UserError, match="the data are not here, and the remote"):
        build(event)
    assert "the data are not here" in Path("report.json").read_text()
