"""What a job tells its forge, and that it tells nobody where there is none."""

from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.forges import job


def test_an_output_is_one_line_whatever_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    job.output(next="none\nother=1", id="")
    assert (tmp_path / "output").read_text() == "next=none other=1\nid=\n"


def test_a_refusal_is_in_the_summary_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    with pytest.raises(UserError), job.told():
        raise UserError("no <such> thing; do @that")
    said = (tmp_path / "summary").read_text()
    assert said.startswith("> [!CAUTION]\n> no ")
    assert "<such>" not in said
    assert "@that" not in said


def test_elsewhere_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    job.output(next="none")
    job.summarize("text")
