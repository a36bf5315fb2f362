"""The acceptance test of a notebook: what it computes is what is pinned, exactly.

`tests/acceptance/test_NAME.py` calls `check`. Beside it are NAME.json, which is pinned, and NAME/,
the files that are set aside for the notebook, by their place from the top of the repository.
"""

import json
import os
from pathlib import Path
from typing import Any

from retrain.adopt import values
from retrain.adopt.execute import Executed, execute
from retrain.adopt.notebook import Notebook, read
from retrain.errors import UserError
from retrain.files import write_json

FOLDER = Path("tests/acceptance")
PIN = "PIN"  # a variable: PIN=1 pytest tests/acceptance pins what the notebooks compute now
HASHES = 0


def check(test: str | Path, notebook: str) -> None:
    """Fail unless a notebook computes what is pinned beside its test.

    Args:
        test: the test's `__file__`.
        notebook: its place from the top of the repository.

    Raises:
        AssertionError: naming each value that differs.
        UserError: if the notebook cannot be executed.
    """
    name, top = name_of(test), Path(test).resolve().parents[len(FOLDER.parts)]
    pinned = Path(test).with_name(f"{name}.json")
    found = run(read(top / notebook), Path(notebook), Path(test).with_name(name)).values
    if os.environ.get(PIN) == "1":  # another value may be of something else of that name
        write_json(pinned, found)
    if not pinned.is_file():
        raise UserError(f"{pinned}: nothing is pinned; {PIN}=1 pytest {FOLDER} does it")
    try:
        before = json.loads(pinned.read_text("utf-8"))
    except ValueError as error:  # a conflict of Git, for example
        raise UserError(f"{pinned}: not JSON ({error}); restore it, or {PIN}=1 pytest") from None
    lines = values.differences(before, _as_read(found))
    if lines:
        again = f"if it is meant to, pin it again: {PIN}=1 pytest {FOLDER}"
        said = "\n".join([f"{notebook} computes something else than is pinned:", *lines, again])
        raise AssertionError(said)


def name_of(test: str | Path) -> str:
    return Path(test).stem.removeprefix("test_")


def run(notebook: Notebook, place: Path, aside: Path) -> Executed:
    """Execute a notebook with all that is random fixed."""
    return execute(notebook, place, aside, seeds=True, hashes=HASHES)


def _as_read(content: Any) -> Any:
    """Return JSON as a file would give it back."""
    return json.loads(json.dumps(content))
