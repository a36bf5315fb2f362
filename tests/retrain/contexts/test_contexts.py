"""`retrain run --context`, `retrain judge --contexts`: beside this folder, and never in it."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.retrain.contexts.lines import SECTION
from tests.toys import toys


def _with(toy: Path, run: Run, section: str) -> None:
    policy = (toy / "policy.yaml").read_text()
    toys.change(toy, run, "contexts", policy__yaml=policy + section)


@pytest.mark.slow
def test_a_context_is_built_beside_this_folder_and_the_second_time_nothing_runs(
    toy: Path, run: Run
) -> None:
    _with(toy, run, SECTION)
    before = (toy / "dvc.lock").read_bytes()
    states = []
    for _ in range(2):
        found = json.loads(toys.do(run, toy, "retrain run --context north --json"))
        states.append([step["state"] for step in found["steps"]])
        assert (found["earns"], found["rows"]) == ("no", 280)
    assert states == [["ran"], ["up to date"]]
    assert (toy / "dvc.lock").read_bytes() == before
    assert toys.do(run, toy, "git status --porcelain", "git branch --list") == "* main"
    assert toys.do(run, toy, "git status --porcelain -- dvc.lock data.dvc reports") == ""


@pytest.mark.slow
def test_every_context_has_a_line_and_too_few_rows_say_nothing(toy: Path, run: Run) -> None:
    _with(toy, run, SECTION)
    toys.change(toy, run, "more", policy__yaml=(toy / "policy.yaml").read_text().replace(
        "min_rows: 100", "min_rows: 281"))  # fmt: skip
    found = json.loads(toys.do(run, toy, "retrain judge --contexts --json"))
    assert [(each["context"], each["earns"]) for each in found] == [
        ("North", "too few to say"),
        ("South", "too few to say"),
    ]
    assert "too few to say" in (toy / "contexts.md").read_text()


@pytest.mark.parametrize(
    ("section", "value", "said"),
    [
        ("", "North", "names no contexts"),
        (SECTION, "Nort", "did you mean 'North'?"),
        ("contexts: {column: plce, values: [North]}\n", "North", "contexts.column is plce"),
        ("contexts: {column: place, values: [East]}\n", "East", "has no row whose place is East"),
        ("contexts: {column: place, values: [A b, a-b]}\n", "A b", "is there twice"),
    ],
)
def test_what_cannot_be_a_context_is_a_sentence(
    toy: Path, run: Run, section: str, value: str, said: str
) -> None:
    if section:
        _with(toy, run, section)
    done = run("retrain", "run", "--context", value, cwd=toy)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert said in done.stderr
    assert toys.do(run, toy, "git status --porcelain") == ""
