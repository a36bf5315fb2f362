"""docs/troubleshooting.md: each error is one that the sources can say."""

import ast
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs/troubleshooting.md").read_text()
HEADINGS = re.findall(r"(?m)^### `(.+)`$", PAGE)


def sentences(path: Path) -> list[str]:
    """Return the texts of a file, with `{}` for what is put in."""

    def text(node: ast.AST) -> str:
        if isinstance(node, ast.JoinedStr):
            return "".join(map(text, node.values))
        return str(node.value) if isinstance(node, ast.Constant) else "{}"

    strings = (ast.JoinedStr, ast.Constant)
    return [
        text(node) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, strings)
    ]


KNOWN = [
    text
    for folder in ("src", "tools")
    for path in (ROOT / folder).rglob("*.py")
    for text in sentences(path)
]


def test_it_has_the_twelve_likeliest() -> None:
    assert len(HEADINGS) >= 12


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_sources_say_it(heading: str) -> None:
    # what a message puts in stands in the heading as an example
    pattern = re.sub(r"main|origin|RETRAIN_TOKEN", lambda found: rf"({found[0]}|\{{\}})", heading)
    assert any(re.search(pattern, text) for text in KNOWN), heading
