"""The tests of the built model's behaviour: run by pytest, read from its JUnit report."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from retrain.errors import UserError

NONE = "none"


def failures(tests: str) -> list[str]:
    """Return the tests in the folder `tests` that fail, each with the first line of its reason.

    Raises:
        UserError: if they cannot be run, or none is there: that is no pass.
    """
    if tests == NONE:
        return []
    if not Path(tests).exists():
        raise UserError(f"policy.yaml: gate.behaviour names {tests}, which is not here; write none")
    with TemporaryDirectory() as folder:
        report = Path(folder) / "junit.xml"
        options = ["-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "pytest", *options, tests],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        if not report.exists() or done.returncode not in (0, 1):
            lines = (done.stderr or done.stdout).strip().splitlines() or ["it does not say why"]
            raise UserError(f"{tests}: pytest cannot run these tests: {lines[-1]}")
        cases = ElementTree.parse(report).getroot().iter("testcase")  # noqa: S314 (our own pytest's)
        return [
            f"{case.get('name')}: {_reason(fault.get('message'))}"
            for case in cases
            for fault in [*case.findall("failure"), *case.findall("error")]
        ]


def _reason(message: str | None) -> str:
    return (message or "it does not say why").strip().splitlines()[0][:300]
