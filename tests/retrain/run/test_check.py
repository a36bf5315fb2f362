"""What a stage would refuse at its start is an error before any stage runs."""

from pathlib import Path

import pytest

from retrain.errors import UserError
from tests.conftest import Run
from tests.toys import toys
from tests.toys.toys import BETTER


@pytest.fixture
def checked(toy: Path, run: Run) -> Path:
    """Return a clone whose stage has a check, which notes that it ran and refuses a quality of 9."""
    (toy / "src/check.py").write_text(
        "import pathlib, sys\n"
        "pathlib.Path('report.checked').touch()\n"
        "if '9' in pathlib.Path('params.yaml').read_text():\n"
        "    sys.exit('a warning\\nerror: params.yaml: quality is 9')\n"
    )
    text = (toy / "dvc.yaml").read_text()
    meta = "    meta: {check: python src/check.py}\n    deps:\n"
    (toy / "dvc.yaml").write_text(text.replace("    deps:\n", meta, 1))
    toys.do(run, toy, "git add -A", "git commit -qm check")
    return toy


def test_a_check_refuses_before_anything_runs(checked: Path, run: Run) -> None:
    (checked / "params.yaml").write_text("quality: 9\n")
    with pytest.raises(UserError, match=r"^params.yaml: quality is 9$"):
        toys.ran(checked, "HEAD")
    result = run("retrain", "judge", "--base", "HEAD", cwd=checked)
    assert result.stderr.splitlines()[-1] == "error: params.yaml: quality is 9"
    assert "make:" not in result.stderr
    assert "quality is 9" in (checked / "report.md").read_text()


def test_a_check_that_passes_lets_everything_run(checked: Path) -> None:
    (checked / "params.yaml").write_text(BETTER)
    assert toys.ran(checked, "HEAD") == {"make": "ran"}
    assert (checked / "report.checked").exists()


def test_where_a_stages_own_part_is_the_locks_nothing_is_checked(checked: Path) -> None:
    assert toys.ran(checked, "HEAD") == {"make": "up to date"}
    assert not (checked / "report.checked").exists()
