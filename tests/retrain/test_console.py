"""A pipe gets plain text; a terminal gets a bar."""

from typing import get_args

import pytest

from retrain import console
from retrain.gate.schema import Effect, Outcome
from tests.conftest import Terminal


def test_a_table_in_a_pipe_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    console.table([("a", 1), ("[red]b[/red]", 22)], ["name", "figure"], right=1)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[red]b[/red]" in out  # data are no markup
    rows = [line.rstrip() for line in out.splitlines() if line.strip()]
    assert rows[2].endswith("      1")


def test_progress_in_a_pipe_says_nothing_when_quick(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(console.progress([1, 2, 3], "work")) == [1, 2, 3]
    assert capsys.readouterr().err == ""


def test_progress_in_a_pipe_tells_when_slow(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 6))
    monkeypatch.setattr(console.time, "monotonic", lambda: next(clock))
    assert list(console.progress([1, 2, 3], "work")) == [1, 2, 3]
    assert "work: 1 of 3" in capsys.readouterr().err


def test_progress_on_a_terminal_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    assert list(console.progress([1, 2, 3], "work")) == [1, 2, 3]
    assert "work" in stream.getvalue()
    assert "\x1b" in stream.getvalue()


def test_states_have_colours_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    console.table([("train", "ran"), ("other", "data")], ["stage", ""], stream=stream)
    assert "\x1b[32mran" in stream.getvalue()
    assert "\x1b[32mdata" not in stream.getvalue()


def test_every_effect_and_verdict_has_a_colour_and_what_is_sure_is_bold() -> None:
    words = {*get_args(Effect), *get_args(Outcome)} - {"undefined"}
    assert words <= set(console.STYLES)
    for word in words:
        assert ("bold" in console.STYLES[word]) == (word in {"promote", "keep", "block"} or "surely" in word)  # fmt: skip
    assert not {"better", "worse", "within noise"} & set(console.STYLES)
