"""`retrain adopt`: what is not fixed, an acceptance test, and what each cell becomes."""

import ast
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from retrain.adopt import acceptance, values
from retrain.adopt.execute import Executed, execute
from retrain.adopt.findings import findings
from retrain.adopt.notebook import Notebook, read
from retrain.adopt.proposal import propose
from retrain.console import table
from retrain.errors import UserError
from retrain.files import place, whole, write_json

LARGEST = 5 * 2**20  # bytes of a file that is set aside by itself
VOLATILE = re.compile(r"0x[0-9a-f]{6,}|(?m:^(CPU times|Wall time):.*$)")
FIXED = "Nothing was found that is not fixed."
SAME = "Two runs print the same; pictures are not compared."
TEST = '''"""{notebook} computes what is pinned in {name}.json, from {name}/."""

from retrain.adopt import acceptance


def test_the_notebook_computes_what_is_pinned() -> None:
    acceptance.check(__file__, "{notebook}")
'''


def adopt(path: Path, files: Sequence[Path]) -> None:
    """Put a notebook of this repository under an acceptance test, and print what was found."""
    top = Path.cwd().resolve()
    _check_top(top)
    if not path.resolve().is_relative_to(top):
        raise UserError(f"{path}: it is outside of this repository; copy it to notebooks/ first")
    where = path.resolve().relative_to(top)
    notebook = read(path)
    found = findings(notebook.cells)
    cells = [(each.cell.title, each.becomes, each.why) for each in propose(notebook.cells)]
    table(cells, ["cell", "becomes", "because"])
    print("\n".join(["Not fixed", *(f"  {each}" for each in found)]) if found else FIXED)
    name = re.sub(r"\W+", "_", where.stem.lower()).strip("_")
    if not name:
        raise UserError(f"{path}: its test would have no name; give it one with a letter in it")
    aside = acceptance.FOLDER / name
    _check_own(acceptance.FOLDER / f"test_{name}.py", where)
    with _undone_unless_adopted(aside):
        for source in [*_named(notebook, top, aside), *files]:
            _set_aside(source, aside, top)
        one = acceptance.run(notebook, where, aside)
        # with other hashes, and generators that are not seeded
        other = execute(notebook, where, aside, seeds=False, hashes=acceptance.HASHES + 1)
        apart = differences(notebook, one, other)
        print("\n".join(["Two runs differ", *(f"  {each}" for each in apart)]) if apart else SAME)
        _check(notebook, one, other, bool(found))
    write_json(acceptance.FOLDER / f"{name}.json", one.values)
    (acceptance.FOLDER / "__init__.py").touch()
    with whole(acceptance.FOLDER / f"test_{name}.py") as scratch:
        scratch.write_text(TEST.format(notebook=_quoted(where), name=name), "utf-8")
    print(f"pinned: {', '.join(one.values)}; pytest {acceptance.FOLDER}/test_{name}.py holds it")


@contextmanager
def _undone_unless_adopted(aside: Path) -> Iterator[None]:
    """Remove what is set aside here if the notebook is refused; what stood there before stays."""
    before = set(aside.rglob("*"))
    try:
        yield
    except BaseException:
        new = sorted(set(aside.rglob("*")) - before, reverse=True)  # the deepest first
        for path in new:
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        if not before and aside.is_dir():
            aside.rmdir()
        raise


def _check_top(here: Path) -> None:
    """Raise a `UserError` in a folder inside of a repository: the test belongs to its top."""
    above = next((each for each in (here, *here.parents) if (each / ".git").exists()), here)
    if above != here:
        up = os.path.relpath(above, here)
        raise UserError(f"this is not the top folder of the repository; first: cd {up}")


def _check_own(test: Path, where: Path) -> None:
    """Raise a `UserError` if a test of that name is there, and is of another notebook."""
    if test.exists() and f'"{_quoted(where)}"' not in test.read_text("utf-8"):
        raise UserError(f"{test} is of another notebook; rename {where}, and adopt it again")


def _quoted(where: Path) -> str:
    """Return a path, escaped for a literal in double quotes."""
    return json.dumps(where.as_posix(), ensure_ascii=False)[1:-1]


def _named(notebook: Notebook, top: Path, aside: Path) -> list[Path]:
    """Return the small files of the repository that the notebook names, by where it stands."""
    texts = {
        node.value
        for cell in notebook.cells
        for node in ast.walk(cell.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200
    }
    found = []
    for text in sorted(filter(str.isprintable, texts)):
        path = _inside(notebook.path.parent / text, top) if text.strip() else None
        if path:
            part = aside / path.relative_to(top)
            if path.stat().st_size > LARGEST and not part.exists():
                raise UserError(
                    f"{notebook.path}: it reads {text}, which is too large to set aside; put a "
                    f"small part of it there yourself: {part}"
                )
            found.append(path)
    return found


def _inside(path: Path, top: Path) -> Path | None:
    """Return a file of the repository; none that is hidden, for that may hold a secret."""
    try:
        found = path.resolve()
        below = found.relative_to(top)
        hidden = any(part.startswith(".") for part in below.parts)
        return found if not hidden and found.is_file() else None
    except (OSError, ValueError):  # longer than a name may be, not to be read, or outside
        return None


def _set_aside(source: Path, aside: Path, top: Path) -> None:
    """Copy what a notebook reads, unless something smaller stands there already."""
    if not source.exists():
        raise UserError(f"{source}: no such file or folder; name it by its place from the top")
    if not source.resolve().is_relative_to(top):
        raise UserError(f"{source}: it is outside of this repository; copy it into it first")
    if source.is_dir() and aside.resolve().is_relative_to(source.resolve()):
        raise UserError(f"{source}: the folder holds {aside} itself; name what is read in it")
    target = aside / source.resolve().relative_to(top)
    if not target.exists():
        place(source, target)
        print(f"set aside: {target}, which is committed with the test")


def differences(notebook: Notebook, one: Executed, other: Executed) -> list[str]:
    """Return what two runs of a notebook did not have in common, by cell."""
    titles = {cell.number: cell.title for cell in notebook.cells}
    lines = []
    for number, text in one.outputs.items():
        before, after = (
            VOLATILE.sub("…", each).splitlines() for each in (text, other.outputs.get(number, ""))
        )
        lines += [
            f"{titles[number]}: {each}" for each in values.differences(before, after, "its output")
        ][:1]
    return list(map(_in_two_runs, lines))


def _in_two_runs(line: str) -> str:
    """Say of two runs what is otherwise said of what is pinned, and of now."""
    if lengths := re.fullmatch(r"(.*): ([\d,]+) pinned, ([\d,]+) now", line):
        return f"{lengths[1]}: once {lengths[2]} long, then {lengths[3]}"
    return line.replace(": pinned ", ": once ", 1).replace(", now ", ", then ")


def _check(notebook: Notebook, one: Executed, other: Executed, is_named: bool) -> None:
    """Raise a `UserError` unless something is pinned, and both runs agree on it."""
    if not notebook.pinned:
        raise UserError(
            f"{notebook.path}: no cell says what to pin; write '# retrain: pin NAME' into the cell "
            "that makes the model, and the one that makes the predictions"
        )
    lines = values.differences(one.values, other.values)
    if lines:
        remedy = "fix what is named above" if is_named else "look for what draws in what it calls"
        raise UserError(
            f"{notebook.path}: what is pinned differs between two runs ({_in_two_runs(lines[0])}); "
            f"{remedy}, and adopt it again"
        )
