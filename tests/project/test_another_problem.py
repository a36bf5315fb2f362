"""The machine in the repository of another problem: its tests read nothing of the user's."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from tests.toys import toys

CHURN = Path(__file__).with_name("churn")
FLIGHTS = re.compile(  # what a user replaces
    r"(src/pipeline|expectations|reports|store|tests/pipeline|tests/model|docs/examples)/"
    r"|(params|policy|dvc)\.yaml$|dvc\.lock$|data\.dvc$|README\.md$"
)
THEIRS = {  # by other names, where DVC or pytest would take them for ours
    "train.py": "src/pipeline/train.py",
    "customers.csv": "data/2024-01.csv",
    "params.yaml": "params.yaml",
    "policy.yaml": "policy.yaml",
    "pipeline.yaml": "dvc.yaml",
    "lock.yaml": "dvc.lock",
    "data.yaml": "data.dvc",
    "customers.json": "expectations/customers.json",
    "metrics.json": "reports/metrics.json",
    "stage_tests.py": "tests/pipeline/test_train.py",
    "model_tests.py": "tests/model/test_model.py",
}


@pytest.fixture
def churn(tmp_path: Path, run: Run) -> Path:
    """Return this repository with another problem in the place of the flights."""
    listed = toys.do(run, ROOT, "git ls-files --cached --others --exclude-standard")
    copied = {name: ROOT / name for name in listed.splitlines() if not FLIGHTS.match(name)}
    copied |= {name: CHURN / theirs for theirs, name in THEIRS.items()}
    folder = tmp_path / "churn"
    for name, source in copied.items():
        if source.exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    for package in ("src/pipeline", "tests/pipeline", "tests/model"):
        (folder / package / "__init__.py").touch()
    (folder / "README.md").write_text("Which customers leave?\n")
    toys.do(run, folder, "git init -q -b main", "git add -A", "git commit -qm churn")
    return folder


@pytest.mark.slow
def test_the_machines_tests_pass_with_another_problem(churn: Path) -> None:
    options = ["-p", "no:xdist", "-p", "no:cacheprovider", "-p", "tests.project.unread"]
    rooms = ["tests/pipeline", "tests/model", "tests/retrain", "tests/e2e"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-m", "not slow", *rooms],
        cwd=churn,
        env=os.environ | {"PYTHONPATH": str(churn / "src"), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-10_000:] + done.stderr[-2_000:]
    (passed,) = re.findall(r"(\d+) passed", done.stdout)
    assert int(passed) > 80
