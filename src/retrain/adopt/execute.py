"""A notebook, executed by a kernel of this environment in a folder of its own.

The folder looks like the top of the repository as far as the notebook needs it: the notebook in its
place with the modules beside it, and the files that are set aside for it.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from retrain.adopt.notebook import Notebook
from retrain.errors import UserError

SECONDS = 600  # of a cell
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
INSTALL = "run `make notebook NOTEBOOK=FILE`, which installs what executes notebooks"
# as if the notebook's first lines were these: what it draws from the global generators is fixed
SEEDS = """
import random as _random
_random.seed(0)
try:
    import numpy as _random
    _random.random.seed(0)
except ImportError:
    pass
del _random
"""
KEEP = "__import__('retrain.adopt.values', fromlist=['keep']).keep({path!r}, {name!r}, globals())"
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
LINE = re.compile(r"(?:Cell In ?\[\d+\]|<ipython-input-\d+-\w+>(?: in .*)?),? ?line (\d+)")


@dataclass(frozen=True)
class Executed:
    """What a notebook did: the text that each cell printed or showed, and what is pinned."""

    outputs: dict[int, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def execute(notebook: Notebook, place: Path, aside: Path, seeds: bool, hashes: int) -> Executed:
    """Execute a notebook.

    Args:
        notebook: as read.
        place: where it stands, from the top of the repository.
        aside: a folder of files that are set aside for it, by their place from the top.
        seeds: whether the generators of `random` and numpy are seeded before its first cell.
        hashes: the seed of Python's hashes, which decide the order of a set.

    Raises:
        UserError: if there is no kernel, a cell fails, or what is pinned cannot be compared.
    """
    try:
        nbformat, client = _packages()
    except ModuleNotFoundError as error:
        raise UserError(f"{notebook.path}: {error.name} is not installed: {INSTALL}") from None
    with tempfile.TemporaryDirectory(prefix="retrain-notebook-") as name:
        top = Path(name) / "top"
        folder = top / place.parent
        folder.mkdir(parents=True)
        if aside.is_dir():
            shutil.copytree(aside, top, dirs_exist_ok=True)
        for module in notebook.path.parent.glob("*.py"):
            shutil.copy(module, folder)
        kept = Path(name) / "kept"
        kept.mkdir()
        book, numbers = _prepared(notebook, nbformat, kept, seeds)
        with _sentences(notebook, book, numbers):
            client(book, folder, _environment(Path(name), hashes))
        outputs = {
            number: _output(cell)
            for cell, number in zip(book.cells, numbers, strict=True)
            if number
        }
        return Executed(outputs, _values(notebook, kept))


def _packages() -> tuple[Any, Any]:
    """Return nbformat, and a function that executes a notebook of it; here, as they are heavy."""
    import nbformat
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    def client(book: Any, folder: Path, environment: dict[str, str]) -> None:
        # the kernel of this environment, whatever kernels a person has installed
        specs = KernelSpecManager(kernel_dirs=[])
        manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=specs,
            connection_file=str(folder.parent / ".kernel.json"),
        )
        NotebookClient(
            book,
            km=manager,
            timeout=SECONDS,
            resources={"metadata": {"path": str(folder)}},
        ).execute(env=environment, stderr=subprocess.DEVNULL)  # it warns of loopback

    return nbformat, client


def _prepared(
    notebook: Notebook, nbformat: Any, kept: Path, seeds: bool
) -> tuple[Any, list[int | None]]:
    """Return the notebook to execute, and which of its cells are the notebook's own, by number."""
    new = nbformat.v4.new_code_cell
    cells = [new(SEEDS)] if seeds else []
    numbers: list[int | None] = [None for _ in cells]
    for cell in notebook.cells:
        cells.append(new(cell.source))
        numbers.append(cell.number)
        for name in cell.pinned:
            path = str(kept / f"{name}.json")
            cells.append(new(KEEP.format(path=path, name=name)))
            numbers.append(None)
    return nbformat.v4.new_notebook(cells=cells), numbers


def _environment(scratch: Path, hashes: int) -> dict[str, str]:
    """Return the environment of the kernel: no settings of a person, one thread, no window."""
    fixed = {
        "PYTHONHASHSEED": str(hashes),
        "MPLBACKEND": "agg",
        "IPYTHONDIR": str(scratch / "ipython"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    return {**os.environ, **dict.fromkeys(ONE_THREAD, "1"), **fixed}


@contextmanager
def _sentences(notebook: Notebook, book: Any, numbers: list[int | None]) -> Iterator[None]:
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    path = notebook.path
    try:
        yield
    except NoSuchKernel:
        raise UserError(f"{path}: there is no kernel to execute it: {INSTALL}") from None
    except CellExecutionError as error:
        raise UserError(f"{path}, {_failed(notebook, book, numbers, error)}") from None
    except CellTimeoutError:
        raise UserError(
            f"{path}: a cell takes more than {SECONDS // 60} minutes; set a smaller part of its "
            "data aside"
        ) from None
    except (DeadKernelError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(
            f"{path}: its kernel ended ({reason}); unless you have ended it, which Ctrl-C does, as "
            "a rule the memory was full: set a smaller part of its data aside"
        ) from None


def _failed(notebook: Notebook, book: Any, numbers: list[int | None], error: Any) -> str:
    """Return which cell has failed, in which line, and how."""
    at = max(at for at, cell in enumerate(book.cells) if cell.execution_count)
    cell = next((each for each in notebook.cells if each.number == numbers[at]), None)
    said = " ".join(str(error.evalue).split())
    what = f"{error.ename}: {said}" if said else str(error.ename)
    if cell is None:
        return f"what follows a cell fails ({what}); {INSTALL}"
    # none where IPython itself has refused: a magic that does not exist
    traces = ["\n".join(each.get("traceback", [])) for each in book.cells[at].outputs]
    line = LINE.search(COLOURS.sub("", "\n".join(traces)))
    blank = len(cell.source) - len(cell.source.lstrip("\n"))  # which IPython does not count
    where = f", line {int(line[1]) + blank}" if line else ""
    return f"{cell.title}{where}: {what[:300]}; {_remedy(error.ename)}"


def _remedy(kind: str) -> str:
    if kind == "ModuleNotFoundError":
        return (
            "add the package to the group `notebook` in pyproject.toml, then: make lock notebook "
            "NOTEBOOK=FILE; if it is code of yours, name its folder: --with FOLDER"
        )
    if kind == "FileNotFoundError":
        return "name what it reads: retrain adopt NOTEBOOK --with FILE, by its place from the top"
    return "let the notebook run from top to bottom in a new kernel, then adopt it"


def _output(cell: Any) -> str:
    """Return what a cell printed and showed, as text; of a picture, what stands for it."""
    parts = []
    for output in cell.outputs:
        if output["output_type"] == "stream" and output["name"] == "stdout":
            parts.append(output["text"])
        elif "data" in output:
            parts.append(f"{output['data'].get('text/plain', '')}\n")
    return "".join(parts)


def _values(notebook: Notebook, kept: Path) -> dict[str, Any]:
    """Return what is pinned, by name."""
    values: dict[str, Any] = {}
    for cell in notebook.cells:
        for name in cell.pinned:
            found = json.loads((kept / f"{name}.json").read_text("utf-8"))
            if "error" in found:
                raise UserError(
                    f"{notebook.path}, {cell.title}: {name!r} cannot be pinned: {found['error']}"
                )
            values[name] = found["value"]
    return values
