"""What is guessed of real tables, as a person reads it: golden/NAME.txt.

A golden file is written anew by: GOLDEN=1 pytest tests/retrain/new. Read the diff, then commit it.
"""

import os
from pathlib import Path

import pytest

from retrain.new import new, show
from tests.retrain.new.samples import SAMPLES

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_guessed(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make, target, time = SAMPLES[name]
    table = make(tmp_path)
    guess = new.guessed(new.Asked(table, target, time), name, tmp_path / "scratch")
    show.show(new.summary(guess), as_json=False)
    said = "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()) + "\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("GOLDEN"):
        path.write_text(said, "utf-8")
    assert said == path.read_text("utf-8")


def test_each_golden_file_is_of_a_table() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(SAMPLES)
