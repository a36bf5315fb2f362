"""A notebook is executed in a kernel of its own; what fails there is a sentence."""

import os
import sys
from pathlib import Path

import pytest

from retrain.adopt import acceptance, notebook
from retrain.adopt.execute import Executed, execute
from retrain.errors import UserError
from tests.retrain.adopt.making import write

pytestmark = pytest.mark.slow
PLACE = Path("notebooks/mine.ipynb")


def executed(path: Path, aside: Path, seeds: bool = True, hashes: int = 0) -> Executed:
    return execute(notebook.read(path), PLACE, aside, seeds, hashes)


def test_it_finds_what_is_set_aside_and_the_modules_beside_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "import helper\nimport os\nfound = open('../data/a.txt').read() + helper.WORD\n# retrain: pin found",
        "found = 'later'\nopen('left', 'w').close()\nprint(os.environ['OMP_NUM_THREADS'])",
        "# retrain: pin again, draw\nimport random\nimport numpy as np\n"
        "again = list({'a', 'b', 'c', 'd', 'e'})\ndraw = [random.random(), np.random.rand()]\nagain[:0]",
    )
    (tmp_path / "notebooks/helper.py").write_text("WORD = 'there'\n")
    aside = tmp_path / "aside"
    (aside / "data").mkdir(parents=True)
    (aside / "data/a.txt").write_text("it is ")
    one, other = (executed(path, aside, hashes=hashes) for hashes in (0, 0))
    assert one == other
    assert one.values["found"] == "it is there"
    assert one.outputs == {1: "", 2: "1\n", 3: "[]\n"}
    assert {each.name for each in path.parent.iterdir()} - {"__pycache__"} == {
        "mine.ipynb",
        "helper.py",
    }


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["a = 1", "\nb = a / 0"], "cell 2, line 2: ZeroDivisionError: division by zero; let the notebook run from top to bottom"),
        (["def f(x):\n    return [][x]\n\nf(3)"], "cell 1, line 4: IndexError: list index out of range"),
        (["a = (1,"], "cell 1, line 1: SyntaxError: "),
        (["a = 1", "%nowhere a"], "cell 2: UsageError: Line magic function `%nowhere` not found.; let"),
        (["import nowhere_to_be_found"], "cell 1, line 1: ModuleNotFoundError: No module named 'nowhere_to_be_found'; add the package to the group `notebook`"),
        (["open('there.csv')"], "cell 1, line 1: FileNotFoundError: [Errno 2] No such file or directory: 'there.csv'; name what it reads: retrain adopt NOTEBOOK --with FILE"),
        (["raise ValueError('a\\n<b>')"], "cell 1, line 1: ValueError: a <b>; let"),
        (["# retrain: pin a\nA = 1"], "cell 1: 'a' cannot be pinned: the cell does not make it; correct the name"),
        (["# retrain: pin a\na = lambda: 1"], "cell 1: 'a' cannot be pinned: it is a function, and two of them cannot be compared; pin numbers"),
        (["import os\nos._exit(1)"], "its kernel ended (Kernel died); unless you have ended it, which Ctrl-C does, as a rule the memory"),
    ],
)  # fmt: skip
def test_what_fails_is_a_sentence(tmp_path: Path, cells: list[str], said: str) -> None:
    path = write(tmp_path, *cells)
    with pytest.raises(UserError) as error:
        executed(path, tmp_path / "nothing")
    assert str(error.value).startswith(str(path))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_without_a_kernel_it_says_what_installs_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    def none(_: object, name: str) -> None:
        raise NoSuchKernel(name)

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", none)
    with pytest.raises(UserError, match="no kernel to execute it: run `make notebook NOTEBOOK="):
        executed(write(tmp_path, "a = 1"), tmp_path)


def test_without_the_packages_it_says_what_installs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nbclient", None)
    with pytest.raises(UserError, match="nbclient is not installed: run `make notebook NOTEBOOK="):
        executed(write(tmp_path, "a = 1"), tmp_path)


def test_what_differs_from_what_is_pinned_fails_and_can_be_pinned_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "# retrain: pin a\na = [1, 2]")
    test = tmp_path / "tests/acceptance/test_mine.py"
    test.parent.mkdir(parents=True)
    with pytest.raises(UserError, match="nothing is pinned; PIN=1 pytest tests/acceptance does it"):
        acceptance.check(test, str(PLACE))
    monkeypatch.setitem(os.environ, "PIN", "4711")
    with pytest.raises(UserError, match="nothing is pinned"):
        acceptance.check(test, str(PLACE))
    monkeypatch.setitem(os.environ, "PIN", "1")
    acceptance.check(test, str(PLACE))
    monkeypatch.delitem(os.environ, "PIN")
    acceptance.check(test, str(PLACE))
    write(tmp_path, "# retrain: pin a\na = [1, 3]")
    with pytest.raises(AssertionError) as error:
        acceptance.check(test, str(PLACE))
    assert "a: 1 of 2 differ, the first is number 2: pinned 2, now 3" in str(error.value)
    test.with_name("mine.json").write_text("<<<<<<< HEAD\n")
    with pytest.raises(UserError, match=r"mine\.json: not JSON \(.*\); restore it"):
        acceptance.check(test, str(PLACE))
