"""What `retrain adopt` says of five notebooks: golden/NAME.txt, written anew by GOLDEN=1 pytest."""

import os
import re
from pathlib import Path

import pytest

from retrain.adopt.adopt import adopt
from retrain.errors import UserError
from tests.retrain.adopt.making import write
from tests.retrain.adopt.samples import SAMPLES

GOLDEN = Path(__file__).parent / "golden"
CHANCE = re.compile(r"\b(once|then) .*?(?=, then|$|\);)")  # what differs is chance, and so is how


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_said_of_a_notebook(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(Path(), *SAMPLES[name], name=f"notebooks/{name}.ipynb")
    error = ""
    try:
        adopt(path, [])
    except UserError as refused:
        error = f"error: {refused}\n"
    lines = (capsys.readouterr().out + error).splitlines()
    said = "\n".join(CHANCE.sub(r"\1 …", line.rstrip()) for line in lines) + "\n"
    said = re.sub(r"\d+ of (\d+) differ, the first is number \d+", r"… of \1 differ", said)
    if os.environ.get("GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / f"{name}.txt").write_text(said, "utf-8")
    assert said == (GOLDEN / f"{name}.txt").read_text("utf-8")
    written = Path(f"tests/acceptance/test_{name}.py").exists()
    assert written == (not error)


def test_each_golden_file_is_of_a_notebook() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(SAMPLES)
