"""The path from the notebook to the pipeline: notebooks/path/, five patches, as docs/notebook.md tells.

They end at the files of this repository, so that taking them back, the last one first, leads to the
notebook as it was before anything was pinned.
"""

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from tests.toys import toys

STEPS = sorted((ROOT / "notebooks/path").glob("*.patch"))
NEEDED = ("pyproject.toml", "src", "notebooks", "tests/acceptance", "tests/pipeline", "tests/toys")
FUNCTIONS = ("columns_and_units", "any_size", "knows_the_outcome", "more_than_the_threshold")
TESTS = ("tests/acceptance/test_exploration.py", "-k", "notebook_computes")
PINNED = "tests/acceptance/exploration.json"
PIPELINE = "src/pipeline/features.py"


def copied(folder: Path) -> Path:
    """Return a folder with what the notebook, its acceptance test and the path have to do with."""
    for name in NEEDED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    for name in ("__init__.py", "conftest.py"):
        shutil.copy(ROOT / "tests" / name, folder / "tests")
    (folder / "data").symlink_to(ROOT / "data")
    return folder


def at(step: int, folder: Path, run: Run) -> Path:
    """Return a folder as it is after a step; after none, the notebook is on its own."""
    copied(folder)
    for patch in reversed(STEPS):
        toys.do(run, folder, f"git apply --whitespace=nowarn --reverse {patch}")
    for patch in STEPS[:step]:
        toys.do(run, folder, f"git apply --whitespace=nowarn {patch}")
    return folder


def texts(folder: Path) -> dict[str, bytes]:
    paths = (path for name in NEEDED for path in [folder / name, *(folder / name).rglob("*")])
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in paths
        if path.is_file() and "__pycache__" not in path.parts
    }


def said(folder: Path, run: Run, *words: str) -> str:
    """Run tests in the folder, and return what pytest says of them."""
    done = run(
        *("python", "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", *words),
        cwd=folder,
        PYTHONPATH=str(folder / "src"),
    )
    return done.stdout[-3000:] + done.stderr


def test_there_are_five_steps() -> None:
    names = [path.stem for path in STEPS]
    assert names == ["1-pin", "2-function", "3-call", "4-test", "5-drop"]


def test_the_notebook_begins_on_its_own(tmp_path: Path, run: Run) -> None:
    folder = at(0, tmp_path / "start", run)
    assert not (folder / "tests/acceptance/exploration.json").exists()
    notebook = (folder / "notebooks/exploration.ipynb").read_text()
    assert "from pipeline import" not in notebook
    assert "random_state" not in notebook
    assert "def features" not in (folder / PIPELINE).read_text()


@pytest.mark.slow
@pytest.mark.parametrize("step", range(1, 6), ids=[path.stem for path in STEPS])
def test_the_acceptance_test_is_green_after_each_step(step: int, tmp_path: Path, run: Run) -> None:
    folder = at(step, tmp_path / "project", run)
    assert "1 passed" in said(folder, run, *TESTS)
    assert (folder / PINNED).read_bytes() == (ROOT / PINNED).read_bytes()
    if step >= 4:
        words = ("tests/pipeline/flights/test_features.py", "-k", " or ".join(FUNCTIONS))
        assert f"{len(FUNCTIONS)} passed" in said(folder, run, *words)


def test_the_end_is_the_pipelines_own_code(tmp_path: Path, run: Run) -> None:
    assert texts(at(5, tmp_path / "project", run)) == texts(ROOT)
    notebook = (ROOT / "notebooks/exploration.ipynb").read_text()
    assert "def features" not in notebook
    assert "pipeline.features(flights)" in notebook


@pytest.mark.slow
def test_a_function_that_computes_something_else_is_seen(tmp_path: Path, run: Run) -> None:
    folder = copied(tmp_path / "project")
    text = (folder / PIPELINE).read_text()
    (folder / PIPELINE).write_text(text.replace('flights["hour"] * 60.0', 'flights["hour"] // 6'))
    printed = said(folder, run, *TESTS)
    assert "1 failed" in printed
    assert "computes something else than is pinned" in printed
    assert "model, learned: pinned" in printed
