"""Which tests carry which rows: read from their source, so that it is known what did not run."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from retrain.errors import UserError, within
from retrain.score.rubric import MARK, known

Marks = dict[str, frozenset[str]]  # rows by test: tests.model.test_model::test_name
# a test of that room counts in each file that imports it
SHARED = Path(__file__).parent.parent / "testing"


def read(folder: Path) -> Marks:
    """Return the rows of each test below `folder`; a UserError names a row that does not exist."""
    shared = {
        name.rpartition("::")[2]: rows
        for path in sorted(SHARED.glob("*.py"))
        for name, rows in _of_file(path, {}).items()
    }
    made: Marks = {}
    for path in sorted(folder.rglob("test_*.py")):
        made |= _of_file(path, shared)
    return made


def _of_file(path: Path, shared: Marks) -> Marks:
    with within(path):
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            raise UserError("it is not UTF-8; write it so") from None
        if MARK not in text and SHARED.name not in text:  # most files: parsing all is slow
            return {}
        try:
            body = ast.parse(text).body
        except SyntaxError as error:
            raise UserError(f"line {error.lineno} is not valid Python; correct it") from None
        return dict(_of_body(body, ".".join(path.with_suffix("").parts), shared))


def _of_body(
    body: list[ast.stmt], place: str, shared: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, frozenset[str]]]:
    for node in body:
        match node:
            case ast.ClassDef():
                yield from _of_body(node.body, f"{place}.{node.name}", shared)
            case ast.FunctionDef():
                if rows := frozenset(row for each in node.decorator_list for row in _rows(each)):
                    yield f"{place}::{node.name}", rows
            case ast.ImportFrom(module="retrain.testing"):
                for each in node.names:
                    for name in shared if each.name == "*" else {each.name} & shared.keys():
                        yield f"{place}::{each.asname or name}", shared[name]


def _rows(decorator: ast.expr) -> list[str]:
    """Return the rows of `@pytest.mark.ml_test_score("Data 1")`."""
    match decorator:
        case ast.Call(func=ast.Attribute(attr=name), args=given) if name == MARK:
            return [known(str(each.value)) for each in given if isinstance(each, ast.Constant)]
    return []
