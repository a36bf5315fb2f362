"""The tests of the built model's behaviour: run by pytest in a copy, read from its JUnit report."""

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from retrain import programs
from retrain.errors import UserError
from retrain.gate.schema import Tests
from retrain.paths import STORE
from retrain.repo.credentials import hidden
from retrain.repo.git import git

NONE = "none"
# pytest first, then the copy's own code: it may have a module of that name
START = "import sys, pytest; sys.path.insert(0, sys.argv.pop(1)); sys.exit(pytest.main())"
# what a pytest.ini, a pyproject.toml or an environment could say instead: collect nothing, skip all
ISOLATED = {
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTEST_ADDOPTS": "",
    "PYTEST_PLUGINS": "",
    "PYTHONPATH": "",
}


def run(tests: str, made: Iterable[Path]) -> Tests | None:
    """Return what becomes of the tests in the folder `tests`; None if there are none to run.

    They see a copy of this folder's files and of `made`, what the pipeline has made: what they
    write reaches nothing. Whether one of them ran is for the caller to judge.

    Raises:
        UserError: if they cannot be run.
    """
    if tests == NONE:
        return None
    if not Path(tests).exists():
        raise UserError(f"policy.yaml: gate.behaviour: {tests} does not exist; write none")
    with TemporaryDirectory(prefix="retrain-") as scratch:
        folder, config = Path(scratch) / "copy", Path(scratch) / "pytest.ini"
        report = Path(scratch) / "junit.xml"
        config.write_text("[pytest]\n", "utf-8")
        _copy(folder, made)
        options = ["-q", "-p", "no:cacheprovider", "-c", str(config), f"--rootdir={folder}"]
        with hidden():
            done = programs.run(
                [
                    sys.executable,
                    "-P",
                    "-c",
                    START,
                    folder / "src",
                    *options,
                    f"--junitxml={report}",
                    tests,
                ],
                cwd=folder,
                env={**os.environ, **ISOLATED},
            )
        if not report.exists() or done.returncode not in (0, 1, 5):  # 5: it found no test
            why = programs.lines(done.stderr or done.stdout)[-1]
            raise UserError(f"{tests}: pytest cannot run these tests: {why}")
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))  # noqa: S314 (pytest's)
    failed = [
        f"{case.get('name')}: {programs.lines(fault.get('message'))[0][:300]}"
        for case in cases
        for fault in [*case.findall("failure"), *case.findall("error")]
    ]
    # what a test notes of itself stands in elements of other names
    results = [{part.tag for part in case} & {"failure", "error", "skipped"} for case in cases]
    passed, skipped = results.count(set()), sum("skipped" in each for each in results)
    return Tests(passed=passed, skipped=skipped, failed=failed[:1000])


def _copy(folder: Path, made: Iterable[Path]) -> None:
    """Copy the files that Git has or would take, and what the pipeline has made."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", f":!{STORE}")
    paths = {Path(name) for name in listed.split("\0") if name} | set(made)
    for path in paths:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink():  # a link may lead back here, and round again
            shutil.copytree(path, target, dirs_exist_ok=True)
        elif path.is_file():
            shutil.copyfile(path, target)
