"""`retrain ci pages`: written where the policy of what has landed says so."""

from pathlib import Path

import pytest

from retrain.cli.app import main
from tests.toys import history, toys

OFF, ON = "pages: false", "pages: true"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone in which this process is a job of GitHub."""
    monkeypatch.delenv("GITLAB_CI", raising=False)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    return tmp_path


def pages(project: Path, policy: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, int]:
    """Run the command in a history with a policy; return the folder of its pages, and its code."""
    monkeypatch.setitem(history.SAME, "policy.yaml", policy)
    clone = history.make(project / "made", 2, 3).clone
    monkeypatch.setattr("sys.argv", ["retrain", "ci", "pages"])
    with toys.working_in(clone), pytest.raises(SystemExit) as end:
        main()
    return clone / "site", int(end.value.code or 0)


def test_nothing_is_written_unless_the_policy_says_so(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, code = pages(project, history.SAME["policy.yaml"], monkeypatch)
    assert (code, folder.exists()) == (0, False)
    assert (project / "output").read_text() == "publish=\n"
    assert "nothing is published: deploy.pages of policy.yaml is false" in capsys.readouterr().out


def test_pages_are_written_where_the_policy_says_so(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, code = pages(project, history.SAME["policy.yaml"].replace(OFF, ON), monkeypatch)
    assert code == 0
    assert len(list(folder.iterdir())) == 3
    assert (project / "output").read_text() == "publish=true\n"


def test_at_gitlab_a_job_without_pages_fails_because_it_would_publish_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    folder, code = pages(project, history.SAME["policy.yaml"], monkeypatch)
    assert (code, folder.exists()) == (1, False)
    assert "remove the variable RETRAIN_PAGES too" in capsys.readouterr().err
