"""Landings that meet a deployment or a promotion: nothing is lost, and nothing is judged twice."""

from pathlib import Path

import pytest

from retrain.ci import land_job
from retrain.ci.event import Event
from retrain.errors import UserError
from retrain.landing import candidate
from retrain.landing import land as lander
from retrain.landing import push as pushing
from retrain.landing.prepare import prepare
from retrain.repo import dvc, record
from retrain.repo import remote as remotes
from tests.conftest import Run
from tests.retrain.deployment import steps
from tests.toys import toys

FOLLOWED = "stages: {staging: {follows: true}, live: {follows: true}, production: {follows: false}}"


@pytest.mark.slow
def test_a_new_version_is_followed_though_a_deployment_was_first(
    new_remote: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deployment takes the number, between the look at the remote and the push."""
    project = toys.clone(new_remote, tmp_path / "clone", run)
    policy = (project / "policy.yaml").read_text()
    followed = policy.replace("stages: {production: {follows: false}}", FOLLOWED)
    toys.change(project, run, "followed", policy__yaml=followed)
    real, builds, counts = pushing.push, [], tmp_path / "counts"

    def push(*arguments: object) -> None:
        builds.append(counts.read_text())
        if builds[1:] == []:
            toys.do(run, new_remote, "git tag toy#staging#1 main")
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pushing, "push", push)
    monkeypatch.setenv("TOY_COUNTS", str(counts))
    assert toys.landed(project).version == "toy@v1.0.0"
    assert builds == ["x", "x"]  # pushed twice, built once
    known = steps.known(project)
    second, first = known.assignments.found
    assert [first.tag, second.tag] == ["toy#staging#2", "toy#live#1"]
    assert (first.action, first.reason, first.time) == ("follow", lander.FOLLOWS, second.time)
    assert (first.before, second.before) == ("", "")
    assert toys.do(run, project, "git tag --list toy#staging#2") == "toy#staging#2"
    assert known.problems == [
        "the tag toy#staging#1 is not believed: it does not say who made it, or when"
    ]


@pytest.mark.slow
def test_what_a_promotion_has_outdated_is_said_to_land_by_no_other_run(
    toy: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITLAB_CI", raising=False)
    monkeypatch.delenv(land_job.HASH, raising=False)
    toys.change(toy, run, "better", params__yaml=toys.BETTER)
    toys.do(run, toy, "git push -q")
    with toys.working_in(toy), dvc.opened() as repo:
        candidate.note_stored(repo, "HEAD")
        candidate.pack(repo, prepare(repo), "1001")
        tip = remotes.fetch()
        made = record.add_promotion(tip.record, str(tip.landed), "toy@v1.0.1", "Promoted")
    folder = (toy / candidate.FOLDER).rename(tmp_path / "candidate")
    toys.do(run, toy, f"git push -q origin {made}:refs/heads/{record.BRANCH}")
    event = Event("push", "1001-1", branch="main")
    job = toys.clone(tmp_path / "remote.git", tmp_path / "job", run)
    with toys.working_in(job), pytest.raises(UserError, match="run all jobs of this once more"):
        land_job.land(event, folder)
    toys.change(toy, run, "newer", notes__txt="newer\n")
    toys.do(run, toy, "git push -q")
    with toys.working_in(job):
        said = land_job.land(event, folder)
    assert said
    assert said[0].startswith("Nothing has landed: main has moved on since this was built.")
