"""A notebook's cells, as they stand in its file: what of them is Python, and what is pinned.

Read as JSON, and not by nbformat, so that a file that is none gets a sentence.
"""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from retrain.errors import UserError

# `# retrain: pin model, predictions` in a cell: what these hold after it is part of its behaviour
MARK = re.compile(r"(?m)#[ \t]*retrain:[ \t]*(.*?)[ \t]*$")
PINNED = re.compile(r"pin[ \t]+([^\W\d]\w*(?:[ \t]*,[ \t]*[^\W\d]\w*)*)")
MAGIC = re.compile(r"^([ \t]*)([%!]|(?:[\w.,]+ *= *)(?:%(?=[A-Za-z])|!))")
HELP = re.compile(r"^[ \t]*(\?{1,2}[\w.]+|[\w.]+\?{1,2})[ \t]*$")


@dataclass(frozen=True)
class Cell:
    """A cell of code."""

    number: int  # among the cells of code, from 1: as Jupyter counts them where they run in order
    name: str  # its id, where a person gave it one
    source: str
    pinned: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"cell {self.number}{f' ({self.name})' if self.name else ''}"

    @property
    def python(self) -> str:
        """The source without what IPython alone understands; its lines keep their numbers."""
        if self.source.lstrip().startswith("%%"):
            first, _, rest = self.source.lstrip().partition("\n")
            return f"\n{rest}" if first.split()[0] in ("%%time", "%%timeit", "%%capture") else ""
        return "\n".join(_without_magics(self.source.splitlines()))

    @property
    def tree(self) -> ast.Module:
        """The syntax tree; an empty one where the cell is not Python."""
        try:
            return ast.parse(self.python)
        # a null character, or deep nesting, is another error in some versions of Python
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.Module([], [])


@dataclass(frozen=True)
class Notebook:
    path: Path
    content: dict[str, Any]
    cells: list[Cell] = field(default_factory=list)

    @property
    def pinned(self) -> list[str]:
        return [name for cell in self.cells for name in cell.pinned]


def read(path: Path) -> Notebook:
    """Read a notebook of Python.

    Raises:
        UserError: if it is not a notebook, or is of another language, or a mark is misspelt.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; name a notebook, such as notebooks/mine.ipynb")
    try:
        content = json.loads(path.read_text("utf-8-sig"))  # editors of Windows write a mark
        version, cells = content["nbformat"], content["cells"] if content["nbformat"] >= 4 else []
        found = [(each, _text(each["source"])) for each in cells if each["cell_type"] == "code"]
        _check_language(path, content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UserError(
            f"{path}: this is not a notebook, which is JSON with cells; name one that ends in "
            ".ipynb"
        ) from None
    if version < 4:
        raise UserError(
            f"{path}: its format is {version}, of before 2015; open it in Jupyter and save it again"
        )
    if not any(source.strip() for _, source in found):
        raise UserError(f"{path}: it has no cell of code, so there is nothing to pin; add some")
    notebook = Notebook(path, content, _cells(path, found))
    for name in notebook.pinned:
        if notebook.pinned.count(name) > 1:
            raise UserError(f"{path}: {name!r} is pinned in two cells; keep one of the marks")
    return notebook


def _text(source: Any) -> str:
    return "".join(source) if isinstance(source, list) else str(source)


def _check_language(path: Path, content: dict[str, Any]) -> None:
    metadata = content.get("metadata") or {}
    kernel, language = (metadata.get(key) or {} for key in ("kernelspec", "language_info"))
    name = str(kernel.get("language") or language.get("name") or "python")
    if name.lower() not in ("python", "python3", "ipython"):
        raise UserError(
            f"{path}: it is written in {name}, and only Python can become the pipeline's code; "
            "export what it computes as a table, and adopt a notebook that starts from it"
        )


def _cells(path: Path, found: list[tuple[dict[str, Any], str]]) -> list[Cell]:
    cells: list[Cell] = []
    for number, (content, source) in enumerate(found, start=1):
        name = str(content.get("id", ""))
        # Jupyter's own are eight characters of a random number, and nbstripout's are counted
        given = "" if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]+)?|[0-9a-f]{32}|\d*", name) else name
        cell = Cell(number, given, source)
        cells.append(Cell(number, given, source, _pinned(path, cell)))
    return cells


def _pinned(path: Path, cell: Cell) -> tuple[str, ...]:
    names: list[str] = []
    for mark in MARK.finditer(cell.source):
        if not (wanted := PINNED.fullmatch(mark[1])):
            line = cell.source[: mark.start()].count("\n") + 1
            raise UserError(
                f"{path}, {cell.title}, line {line}: {mark[0].strip()!r} is not a mark; write "
                "'# retrain: pin NAME, NAME', with names of variables"
            )
        names += [name.strip() for name in wanted[1].split(",")]
    return tuple(names)


def _without_magics(lines: Sequence[str]) -> Iterator[str]:
    goes_on = False  # what a backslash continues is of the line before
    for line in lines:
        yield "" if goes_on else _without_magic(line)
        goes_on = line.endswith("\\") and (goes_on or bool(MAGIC.match(line)))


def _without_magic(line: str) -> str:
    """Return a line of Python in place of one of IPython: `pass`, where it stands in a block."""
    if found := MAGIC.match(line):
        return f"{found[1]}pass"
    return "" if HELP.match(line) else line
