"""What a cell calls, by full names: `tts(…)` is `sklearn.model_selection.train_test_split`."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrain.adopt.notebook import Cell


@dataclass(frozen=True)
class Call:
    name: str  # in full where its import is known, else as written: `frame.sample`
    node: ast.Call
    imported: bool  # whether the name is that of a package

    @property
    def method(self) -> str:
        return self.name.rpartition(".")[2]

    def value(self, keyword: str) -> ast.expr | None:
        return next((each.value for each in self.node.keywords if each.arg == keyword), None)

    def constant(self, keyword: str) -> object:
        """Return the value of an argument that is written out; else None."""
        return constant(self.value(keyword))

    @property
    def hidden(self) -> bool:
        """Return whether `**arguments` may hold any keyword."""
        return any(each.arg is None for each in self.node.keywords)


def constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def imports(cells: Sequence[Cell]) -> dict[str, str]:
    """Return what each imported name of a notebook stands for."""
    found: dict[str, str] = {}
    for node in (node for cell in cells for node in ast.walk(cell.tree)):
        if isinstance(node, ast.Import):
            for each in node.names:
                found[each.asname or each.name.partition(".")[0]] = (
                    each.name if each.asname else each.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for each in node.names:
                found[each.asname or each.name] = f"{node.module}.{each.name}"
    return found


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` of an expression; of what is not a name, such as a call, `()`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "()"


def full(node: ast.expr, known: Mapping[str, str]) -> tuple[str, bool]:
    """Return the full name of an expression, and whether its first part was imported."""
    first, dot, rest = dotted(node).partition(".")
    return (f"{known[first]}{dot}{rest}", True) if first in known else (first + dot + rest, False)


def calls(tree: ast.AST, known: Mapping[str, str]) -> Iterator[Call]:
    """Yield the calls of a cell, in the order of their lines."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(found, key=lambda each: (each.lineno, each.col_offset)):
        name, imported = full(node.func, known)
        yield Call(name, node, imported)
