"""What `retrain adopt` does not take: hidden files, files outside, another notebook's test."""

import ast
import re
from pathlib import Path

import pytest

from retrain.adopt.adopt import adopt
from retrain.errors import UserError
from tests.retrain.adopt.making import write
from tests.toys import toys

READS = "import os\n[os.path.exists(each) for each in ('../.env', '../rows.csv', '/etc/hostname', 'x' * 150)]"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project/notebooks").mkdir(parents=True)
    (tmp_path / "project/.env").write_text("SECRET=1\n")
    (tmp_path / "project/rows.csv").write_text("a\n1\n")
    return tmp_path / "project"


@pytest.mark.slow
def test_a_hidden_file_is_not_set_aside(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, READS, "# retrain: pin total\ntotal = 1")
    with toys.working_in(project):
        adopt(Path("notebooks/mine.ipynb"), [])
    aside = [path.name for path in (project / "tests/acceptance/mine").rglob("*") if path.is_file()]
    assert aside == ["rows.csv"]
    assert "set aside: tests/acceptance/mine/rows.csv" in capsys.readouterr().out


@pytest.mark.slow
def test_what_differs_and_is_not_named_is_to_be_looked_for(project: Path) -> None:
    write(project, "# retrain: pin number\nimport os\nnumber = os.getpid()")
    with toys.working_in(project), pytest.raises(UserError, match="look for what draws in what it"):
        adopt(Path("notebooks/mine.ipynb"), [])
    assert not (project / "tests/acceptance/mine.json").exists()


@pytest.mark.slow
def test_of_a_large_file_a_part_is_set_aside_by_hand(project: Path) -> None:
    write(project, "# retrain: pin found\nfound = len(open('../rows.csv').read())")
    (project / "rows.csv").write_bytes(b"1\n" * 2_700_000)
    part = Path("tests/acceptance/mine/rows.csv")
    with toys.working_in(project):
        with pytest.raises(UserError, match=f"too large to set aside; put .* yourself: {part}$"):
            adopt(Path("notebooks/mine.ipynb"), [])
        part.parent.mkdir(parents=True)
        part.write_text("1\n")
        adopt(Path("notebooks/mine.ipynb"), [])
    assert '"found": 2' in (project / "tests/acceptance/mine.json").read_text()


def test_another_notebooks_test_is_not_replaced(project: Path) -> None:
    (test := project / "tests/acceptance/test_mine.py").parent.mkdir(parents=True)
    test.write_text('acceptance.check(__file__, "notebooks/a/mine.ipynb")\n')
    write(project, "# retrain: pin total\ntotal = 1")
    with toys.working_in(project), pytest.raises(UserError, match="is of another notebook"):
        adopt(Path("notebooks/mine.ipynb"), [])
    assert "notebooks/a/mine.ipynb" in test.read_text()


@pytest.mark.slow
def test_a_name_with_quotes_gives_a_test_that_names_it(project: Path) -> None:
    name = 'notebooks/a" or """b.ipynb'
    write(project, "# retrain: pin total\ntotal = 1", name=name)
    with toys.working_in(project):
        adopt(Path(name), [])
        adopt(Path(name), [])  # it is its own test, and not another notebook's
    test = ast.parse((project / "tests/acceptance/test_a_or_b.py").read_text())
    assert name in [node.value for node in ast.walk(test) if isinstance(node, ast.Constant)]


def test_a_name_of_signs_alone_is_refused(project: Path) -> None:
    write(project, "# retrain: pin total\ntotal = 1", name="notebooks/--.ipynb")
    with toys.working_in(project), pytest.raises(UserError, match="its test would have no name"):
        adopt(Path("notebooks/--.ipynb"), [])


def test_it_is_called_at_the_top(project: Path) -> None:
    write(project, "# retrain: pin total\ntotal = 1")
    (project / ".git").mkdir()
    with toys.working_in(project / "notebooks"), pytest.raises(UserError, match=r"first: cd \.\.$"):
        adopt(Path("mine.ipynb"), [])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("rows.parquet", "no such file or folder"),
        ("/etc/hostname", "outside of this repository"),
        (".", "the folder holds tests/acceptance/mine itself"),
    ],
)
def test_files_that_cannot_be_set_aside(project: Path, given: str, said: str) -> None:
    write(project, "# retrain: pin total\ntotal = 1")
    with toys.working_in(project), pytest.raises(UserError, match=said):
        adopt(Path("notebooks/mine.ipynb"), [Path(given)])


@pytest.mark.slow
def test_what_a_refused_notebook_had_set_aside_goes_and_what_was_there_stays(project: Path) -> None:
    write(project, "len(open('../rows.csv').read())", "1 / 0")
    (project / "more/deep").mkdir(parents=True)
    (project / "more/deep/b.csv").write_text("b\n")
    aside = project / "tests/acceptance/mine"
    with toys.working_in(project):
        with pytest.raises(UserError, match="cell 2, line 1: ZeroDivisionError"):
            adopt(Path("notebooks/mine.ipynb"), [Path("more")])
        assert not aside.exists()
        (aside / "kept").mkdir(parents=True)
        (aside / "kept/a.csv").write_text("a\n")
        with pytest.raises(UserError, match="cell 2, line 1"):
            adopt(Path("notebooks/mine.ipynb"), [Path("more")])
    assert [path.name for path in sorted(aside.rglob("*"))] == ["kept", "a.csv"]


@pytest.mark.slow
def test_a_folder_that_is_named_is_set_aside_and_read(project: Path) -> None:
    (project / "more").mkdir()
    (project / "more/b.csv").write_text("b\n2\n")
    write(project, "# retrain: pin found\nimport os\nfound = sorted(os.listdir('../more'))")
    with toys.working_in(project):
        adopt(Path("notebooks/mine.ipynb"), [Path("more")])
    assert (project / "tests/acceptance/mine/more/b.csv").read_text() == "b\n2\n"
    assert '"b.csv"' in (project / "tests/acceptance/mine.json").read_text()


@pytest.mark.slow
def test_two_runs_of_other_lengths_are_not_said_to_be_pinned(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (
        "import random\nfor number in range(random.randrange(100, 10**6) % 900 + 1): print(number)"
    )
    write(project, lines, "# retrain: pin total\ntotal = 1")
    with toys.working_in(project):
        adopt(Path("notebooks/mine.ipynb"), [])
    said = capsys.readouterr().out
    assert re.search(r"cell 1: its output: once [\d,]+ long, then [\d,]+\n", said), said
