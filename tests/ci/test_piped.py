"""What is missing to execute GitLab's pipeline: skipped in words, and a failure in CI."""

from pathlib import Path

import pytest

from tests.ci import piped


@pytest.mark.parametrize(
    ("there", "said"), [(False, "gitlab-ci-local is not here"), (True, "rsync is not here")]
)
def test_a_tool_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, said: str
) -> None:
    for name in ("PROGRAM", "NODE"):
        (path := tmp_path / name).touch()
        monkeypatch.setattr(piped, name, path if there else tmp_path / "nowhere")
    monkeypatch.setattr(piped.shutil, "which", lambda name: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=said):
        piped.needed()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=said):
        piped.needed()
