"""The .editorconfig: it agrees with ruff, and with every file as it is."""

import re
import tomllib
from configparser import ConfigParser
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from tests.toys import toys

CONFIG = ConfigParser()
CONFIG.read_string("[top]\n" + (ROOT / ".editorconfig").read_text())


def properties(name: str) -> dict[str, str]:
    """Return what holds for a file, by its path: a later section wins."""
    found: dict[str, str] = {}
    for section in CONFIG.sections()[1:]:
        start, braces, rest = [*re.split(r"\{(.*)\}", section), "", ""][:3]
        for word in braces.split(","):
            pattern = start + word + rest
            if fnmatch(name if "/" in pattern else Path(name).name, pattern):
                found |= dict(CONFIG[section])
    return found


def broken(name: str, content: bytes) -> set[str]:
    """Return the properties that a file does not have."""
    wanted, text = properties(name), content.decode(properties(name)["charset"])
    lines = text.split("\n")
    tabs = [line for line in lines if line.startswith("\t")]
    spaces = [line for line in lines if line.startswith("  ")]
    size = int(wanted.get("indent_size", 1))
    breaks = {
        "end_of_line": "\r" in text,
        "insert_final_newline": bool(text) and not text.endswith("\n"),
        "trim_trailing_whitespace": any(line != line.rstrip() for line in lines),
        "indent_style": bool(tabs if wanted["indent_style"] == "space" else spaces),
        "indent_size": any((len(line) - len(line.lstrip(" "))) % size for line in lines),
    }
    return {key for key, is_broken in breaks.items() if is_broken and wanted.get(key) != "unset"}


def test_every_file_is_as_an_editor_would_leave_it(run: Run) -> None:
    names = toys.do(run, ROOT, "git ls-files --cached --others --exclude-standard").splitlines()
    contents = {name: (ROOT / name).read_bytes() for name in names if (ROOT / name).is_file()}
    texts = {name: content for name, content in contents.items() if b"\0" not in content}
    free = {"indent_size"}  # inside of Python's strings and brackets
    wrong = {
        name: found
        for name, content in texts.items()
        if (found := broken(name, content) - (free if name.endswith(".py") else set()))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("src/a.py", b"a = 1", "insert_final_newline"),
        ("docs/a.md", b"a \n", "trim_trailing_whitespace"),
        ("a.sh", b"a\r\n", "end_of_line"),
        ("a.yaml", b"a:\n\t- b\n", "indent_style"),
        ("tests/toys/Makefile", b"a:\n  b\n", "indent_style"),
        ("a.json", b"{\n   \n", "indent_size"),
    ],
)
def test_a_file_that_is_not_is_seen(name: str, content: bytes, found: str) -> None:
    assert found in broken(name, content)


def test_the_lines_are_as_long_as_ruffs() -> None:
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]
    assert properties("src/a.py")["max_line_length"] == str(ruff["line-length"])
    assert "max_line_length" not in properties("README.md")
