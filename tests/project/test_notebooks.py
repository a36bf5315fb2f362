"""Notebooks have no outputs: a hook strips them, and `make lint` sees any that are left."""

import json
import subprocess
import sys
from pathlib import Path

from retrain.settings import read_yaml
from tests.conftest import ROOT
from tests.retrain.adopt.making import book

HOOKS = read_yaml((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
(STRIP,) = (hook for repo in HOOKS for hook in repo["hooks"] if hook["id"] == "nbstripout")


def stripped(*words: str | Path) -> int:
    program = Path(sys.executable).with_name("nbstripout")
    return subprocess.run([program, *STRIP["args"], *words], capture_output=True).returncode


def test_the_hook_strips_what_lint_sees(tmp_path: Path) -> None:
    content = json.loads(book("1 + 1"))
    content["cells"][0] |= {"execution_count": 1, "outputs": [
        {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": ["2"]}}
    ]}  # fmt: skip
    (path := tmp_path / "a.ipynb").write_text(json.dumps(content))
    assert stripped("--verify", path) == 1
    assert stripped(path) == 0
    assert stripped("--verify", path) == 0
    assert json.loads(path.read_text())["cells"][0]["id"] == content["cells"][0]["id"]


def test_lint_asks_of_every_notebook_and_in_the_hooks_way() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert f"nbstripout --verify {' '.join(STRIP['args'])} $(NOTEBOOKS)" in makefile
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert path.name.endswith(".executed.ipynb") or stripped("--verify", path) == 0
