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


def pressed(context: str, result: str = "report") -> Event:
    return button("1", "main", "ada", "to see", result, "false", "", context)


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


def test_what_the_button_cannot_do_for_a_context_is_a_sentence(
    unbegun: Path, tmp_path: Path, run: Run
) -> None:
    with pytest.raises(UserError, match="gives a report; to land its own model: retrain land"):
        pressed("North", "propose")
    job = toys.clone(unbegun, tmp_path / "job", run)
    with toys.working_in(job), pytest.raises(UserError, match="did you mean 'North'"):
        plan_job.decide(pressed("Nort"))
