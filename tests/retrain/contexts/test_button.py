"""The button for one context: the steps of a job, in a folder that is the job's own."""

import json
from pathlib import Path

import pytest

from retrain.ci import build_job, fetch, plan_job
from retrain.ci.event import Event, button
from retrain.errors import UserError
from tests.conftest import Run
from tests.retrain.contexts import lines
from tests.toys import toys


def pressed(context: str, result: str = "report", new_data: str = "false") -> Event:
    return button("1", "main", "ada", "to see", result, new_data, "", context)


@pytest.mark.slow
def test_the_button_reports_on_one_context_and_lands_nothing(
    unbegun: Path, tmp_path: Path, run: Run
) -> None:
    job = toys.clone(unbegun, tmp_path / "job", run)
    before, event = lines.refs(unbegun, run), pressed("north")
    with toys.working_in(job):
        fetch.for_plan(event)
        assert plan_job.decide(event).next == "build"
        fetch.for_run(event)
        assert build_job.start(event)
        toys.do(run, job, "dvc repro -q --no-run-cache")
        verdict = build_job.judge(event)
        assert verdict
        assert verdict.verdict == "promote"
        assert build_job.report(event) == ""  # no candidate
    report = (job / "report.md").read_text()
    assert "toy-north" in report.splitlines()[0]
    assert "retrain run --context north" in report
    assert json.loads((job / "report.json").read_text())["windows"]["test_rows"] == 280
    assert lines.refs(unbegun, run) == before


@pytest.mark.slow
def test_its_report_names_the_commit_that_was_built_and_not_the_newest_landing(
    unbegun: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = toys.clone(unbegun, tmp_path / "clone", run)
    toys.change(project, run, "merged, and not landed", notes__txt="another\n")
    toys.do(run, project, "git push -q")
    job = toys.clone(unbegun, tmp_path / "job", run)
    for name, value in ("TOY_SOURCE", "3"), ("GITHUB_JOB", "build"), ("STAND_INS", str(tmp_path)):
        monkeypatch.setenv(name, value)
    event = pressed("north", new_data="true")
    with toys.working_in(job):
        fetch.for_run(event)
        build_job.start(event)
        build_job.report(event)
    head = toys.tip(unbegun, run)[:7]
    report = (job / "report.md").read_text()
    command = "make ingest && make train && .venv/bin/retrain run --context north"
    assert f"\ngit checkout {head} && {command}\n" in report
    assert "Reproduce it:" in report


def test_what_the_button_cannot_do_for_a_context_is_a_sentence(
    unbegun: Path, tmp_path: Path, run: Run
) -> None:
    with pytest.raises(UserError, match="gives a report; to land its own model: retrain land"):
        pressed("North", "propose")
    job = toys.clone(unbegun, tmp_path / "job", run)
    with toys.working_in(job), pytest.raises(UserError, match="did you mean 'North'"):
        plan_job.decide(pressed("Nort"))
