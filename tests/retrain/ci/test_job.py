"""What a job tells its forge, and that it does nothing where there is none."""

import json
from pathlib import Path

import pytest

from retrain.ci import provider
from retrain.ci.github import job as github
from retrain.ci.gitlab import job as gitlab
from retrain.ci.job_summary import refusals
from retrain.errors import UserError


def test_an_output_for_github_is_one_line_whatever_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    github.output(next="none\nother=1", id="")
    assert (tmp_path / "output").read_text() == "next=none other=1\nid=\n"


def test_an_output_for_gitlab_is_one_line_whatever_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    gitlab.output(next="none\nCI_SERVER_URL=1")
    assert Path("outputs.env").read_text() == "RETRAIN_NEXT=none CI_SERVER_URL=1\n"


def test_a_refusal_is_in_the_summary_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITLAB_CI", raising=False)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    with pytest.raises(UserError), refusals():
        raise UserError("no <such> thing; do @that")
    said = (tmp_path / "summary").read_text()
    assert said.startswith("> [!CAUTION]\n> no ")
    assert "<such>" not in said
    assert "@that" not in said


def test_elsewhere_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    github.output(next="none")
    github.summarize("text")


def test_gitlabs_jobs_begin_whatever_the_plan_has_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETRAIN_NEXT", "land")
    assert gitlab.planned("land")
    assert gitlab.planned("build")
    assert github.planned("build")
    monkeypatch.setenv("RETRAIN_NEXT", "build")
    assert not gitlab.planned("land")
    monkeypatch.setenv("RETRAIN_NEXT", "none")
    assert not gitlab.planned("build")
    monkeypatch.delenv("RETRAIN_NEXT")
    assert gitlab.planned("build")


def test_gitlab_is_given_the_metrics_in_its_own_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CI_JOB_URL", "https://gitlab.example.org/acme/toy/-/jobs/9")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/metrics.json").write_text(
        json.dumps({"model": {"log_loss": 0.5295, "roc_auc": 0.7553}})
    )
    (tmp_path / "report.md").write_text("# A report\n")
    gitlab.report()
    assert (tmp_path / "metrics.txt").read_text() == "log_loss 0.5295\nroc_auc 0.7553\n"
    assert "/-/jobs/9/artifacts/file/report.md" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "[]", '{"model": {"a": "b"}}', '{"model": null}'])
def test_metrics_that_are_none_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    gitlab.report()
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/metrics.json").write_text(text)
    gitlab.report()
    assert not (tmp_path / "metrics.txt").exists()


def test_which_forge_this_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    assert provider.job() is gitlab
    monkeypatch.delenv("GITLAB_CI")
    assert provider.job() is github
