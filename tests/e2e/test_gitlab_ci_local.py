"""What is missing to execute GitLab's pipeline: skipped in words, and a failure in CI."""

from pathlib import Path

import pytest

from tests.e2e import gitlab_ci_local


@pytest.mark.parametrize(
    ("there", "said"), [(False, "gitlab-ci-local is not here"), (True, "rsync is not here")]
)
def test_a_tool_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, said: str
) -> None:
    for name in ("PROGRAM", "NODE"):
        (path := tmp_path / name).touch()
        monkeypatch.setattr(gitlab_ci_local, name, path if there else tmp_path / "nowhere")
    monkeypatch.setattr(gitlab_ci_local.shutil, "which", lambda name: None)
    either = (pytest.skip.Exception, pytest.fail.Exception)  # one alone would skip this test too
    for setting, outcome in (("", either[0]), ("true", either[1])):
        monkeypatch.setenv("CI", setting)
        with pytest.raises(either, match=said) as ended:
            gitlab_ci_local.needed()
        assert isinstance(ended.value, outcome)
