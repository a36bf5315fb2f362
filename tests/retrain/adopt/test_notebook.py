"""A notebook is read, or refused in a sentence."""

import json
from pathlib import Path

import pytest

from retrain.adopt import notebook
from retrain.errors import UserError
from tests.retrain.adopt.making import book, write


@pytest.mark.smoke
def test_cells_are_counted_as_jupyter_does_and_marks_are_read(tmp_path: Path) -> None:
    content = json.loads(
        book("a = 1", "b = a  # retrain: pin b", "# retrain: pin c, d_1\nc = d_1 = 0")
    )
    content["cells"].insert(
        1, {"cell_type": "markdown", "metadata": {}, "source": ["# retrain: pin x"]}
    )
    content["cells"][3]["id"] = "last"
    (path := tmp_path / "a.ipynb").write_text(json.dumps(content))
    cells = notebook.read(path).cells
    assert [cell.title for cell in cells] == ["cell 1", "cell 2", "cell 3 (last)"]
    assert [cell.pinned for cell in cells] == [(), ("b",), ("c", "d_1")]
    assert notebook.read(path).pinned == ["b", "c", "d_1"]


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("%matplotlib inline\na = 1", "pass\na = 1"),
        ("!pip install x\nif a:\n    !ls {a}\n", "pass\nif a:\n    pass"),
        ("!pip install \\\n  x\na", "pass\n\na"),
        ("a = 1 + \\\n  2", "a = 1 + \\\n  2"),
        ("files = !ls\nx = %sql select", "pass\npass"),
        ("%%time\na = 1", "\na = 1"),
        ("%%bash\nls | wc", ""),
        ("frame?\na", "\na"),
        ("a = b % c\nd != e", "a = b % c\nd != e"),
    ],
)
def test_what_is_ipythons_alone_is_left_out(source: str, python: str) -> None:
    assert notebook.Cell(1, "", source).python == python


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "this is not a notebook, which is JSON with cells; name one that ends in .ipynb"),
        ('{"a": 1}', "this is not a notebook"),
        ("[]", "this is not a notebook"),
        ("[" * 100_000, "this is not a notebook"),
        ('{"nbformat": 4, "cells": [], "metadata": {"kernelspec": "python3"}}', "this is not a notebook"),
        ('{"nbformat": 3, "worksheets": [], "cells": []}', "its format is 3, of before 2015; open it"),
        (book("a", kernelspec={"language": "R", "name": "ir"}), "it is written in R, and only Python can"),
        (book("a", language_info={"name": "julia"}), "it is written in julia"),
        (book(), "it has no cell of code"),
        (book(" \n"), "it has no cell of code"),
        (book("a = 1", "\n# retrain: pin\na"), "cell 2, line 2: '# retrain: pin' is not a mark; write '# retrain: pin NAME"),
        (book("# retrain: pim a"), "cell 1, line 1: '# retrain: pim a' is not a mark"),
        (book("# retrain: pin a[0]"), "'# retrain: pin a[0]' is not a mark"),
        (book("# retrain: pin a", "# retrain: pin b, a"), "'a' is pinned in two cells; keep one of the marks"),
    ],
)  # fmt: skip
def test_what_is_refused_is_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    (path := tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(UserError) as error:
        notebook.read(path)
    assert str(error.value).startswith(str(path))
    assert said in str(error.value)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no such file; name a notebook, such as"):
        notebook.read(tmp_path / "a.ipynb")


def test_a_mark_of_windows_before_the_text_is_no_matter(tmp_path: Path) -> None:
    path = write(tmp_path, "a = 1")
    path.write_text(path.read_text(), "utf-8-sig")
    assert len(notebook.read(path).cells) == 1


def test_what_is_nested_too_deeply_is_no_python() -> None:
    assert notebook.Cell(1, "", f"a = {'-' * 20_000}1").tree.body == []


def test_a_notebook_without_metadata_is_one_of_python(tmp_path: Path) -> None:
    assert len(notebook.read(write(tmp_path, "a = 1")).cells) == 1
