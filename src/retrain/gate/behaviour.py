"""The tests of the built model's behaviour: run by pytest in a copy, read from its JUnit report."""

import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from retrain import programs
from retrain.errors import UserError
from retrain.gate.schema import Tests
from retrain.junit import faults, is_skipped
from retrain.paths import STORE
from retrain.repo.git import git
from retrain.repo.tokens import hidden
from retrain.score.rubric import MARK

NONE = "none"
# pytest first, then the copy's own code: it may have a module of that name
START = "import sys, pytest; sys.path.insert(0, sys.argv.pop(1)); sys.exit(pytest.main())"
# the marks that the project's own settings know: another one is a warning
INI = f"""[pytest]
markers =
    {MARK}
    slow
    smoke
"""
# what a pytest.ini, a pyproject.toml or an environment could say instead: collect nothing, skip all
ISOLATED = {
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTEST_ADDOPTS": "",
    "PYTEST_PLUGINS": "",
    "PYTHONPATH": "",
}


def run(tests: str, outs: Iterable[Path], warns: Collection[str] = ()) -> Tests | None:
    """Run the tests in the folder `tests`; None if the policy names none.

    They see a copy of this folder's files and of the pipeline's outputs `outs`, so what they write
    changes nothing. Of the functions `warns` a failure is a warning. The caller judges whether any
    test ran.
    """
    if tests == NONE:
        return None
    if not Path(tests).exists():
        raise UserError(f"policy.yaml: gate.behaviour: {tests} does not exist; write none")
    with TemporaryDirectory(prefix="retrain-") as scratch:
        folder, report = Path(scratch) / "copy", Path(scratch) / "junit.xml"
        _copy(folder, outs)
        done = _pytest(folder, tests, report)
        if not report.exists() or done.returncode not in (0, 1, 5):  # 5: it found no test
            why = programs.lines(done.stderr or done.stdout)[-1]
            raise UserError(f"{tests}: pytest cannot run these tests: {why}")
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))  # noqa: S314 (pytest's)
    found: dict[bool, list[str]] = {True: [], False: []}  # whether it only warns
    for case in cases:
        name = str(case.get("name"))
        for why in faults(case):
            found[name.partition("[")[0] in warns].append(f"{name}: {why}")
    passed = sum(not faults(case) and not is_skipped(case) for case in cases)
    skipped = sum(map(is_skipped, cases))
    failed, warned = (found[only][:1000] for only in (False, True))
    return Tests(passed=passed, skipped=skipped, failed=failed, warned=warned)


def _pytest(folder: Path, tests: str, report: Path) -> "subprocess.CompletedProcess[str]":
    config = folder.with_name("pytest.ini")
    config.write_text(INI, "utf-8")
    start = [sys.executable, "-P", "-c", START, str(folder / "src")]
    options = ["-q", "-p", "no:cacheprovider", "-c", str(config), f"--rootdir={folder}"]
    command = [*start, *options, f"--junitxml={report}", tests]
    with hidden():
        return programs.run(command, cwd=folder, env={**os.environ, **ISOLATED})


def _copy(folder: Path, outs: Iterable[Path]) -> None:
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", f":!{STORE}")
    paths = {Path(name) for name in listed.split("\0") if name} | set(outs)
    for path in paths:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink():  # a link may lead into itself
            shutil.copytree(path, target, dirs_exist_ok=True)
        elif path.is_file():
            shutil.copyfile(path, target)
