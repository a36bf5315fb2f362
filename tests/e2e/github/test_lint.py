"""The linters of `make lint`: each lets the workflows pass, and stops what it is there for."""

import shutil
import subprocess
from pathlib import Path

import pytest

from retrain.settings import read_yaml
from tests.conftest import ROOT

SCHEMA = "check-jsonschema --builtin-schema=vendor.github-"
COMMANDS = {
    "actionlint": "actionlint",
    "zizmor": "zizmor --offline --persona=auditor --strict-collection --quiet .",
    "workflows": f"{SCHEMA}workflows .github/workflows/retrain.yml",
    "actions": f"{SCHEMA}actions .github/actions/setup/action.yml",
}
RETRAIN, SETUP = ".github/workflows/retrain.yml", ".github/actions/setup/action.yml"
MISTAKES = [
    ("actionlint", RETRAIN, "needs.plan.outputs.next ==", "needs.plan.outputs.nxt =="),
    ("actionlint", RETRAIN, "run: .venv/bin/retrain ci gate", "run: echo $x"),  # by shellcheck
    ("zizmor", RETRAIN, "persist-credentials: false", "persist-credentials: true"),
    ("zizmor", RETRAIN, "run: .venv/bin/retrain ci gate", "run: echo ${{ github.head_ref }}"),
    ("zizmor", RETRAIN, " # to push the landing and its tag, or the proposal's branch", ""),
    ("zizmor", RETRAIN, "contents: write", "contents: all"),  # no workflow: nothing is audited
    ("zizmor", RETRAIN, "permissions: {}", "permissions: write-all"),
    ("workflows", RETRAIN, "timeout-minutes: 60", "timeout-minutes: soon"),
    ("actions", SETUP, "using: composite", "using: compost"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a repository with our workflows."""
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    return tmp_path


def lint(folder: Path, linter: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(COMMANDS[linter].split(), cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("linter", COMMANDS)
def test_our_workflows_pass(folder: Path, linter: str) -> None:
    done = lint(folder, linter)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("linter", "file", "before", "after"), MISTAKES)
def test_a_mistake_is_found(folder: Path, linter: str, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text()
    assert before in text
    (folder / file).write_text(text.replace(before, after))
    assert lint(folder, linter).returncode != 0


@pytest.mark.slow
def test_the_lines_for_a_bucket_work_once_they_are_no_comments(folder: Path) -> None:
    file = folder / RETRAIN
    text = file.read_text()
    assert text.count("# id-token: write #") == 3
    file.write_text(text.replace("# id-token: write #", "id-token: write #"))
    jobs = read_yaml(file.read_text())["jobs"]
    assert all(job["permissions"]["id-token"] == "write" for job in jobs.values())
    for linter in COMMANDS:
        done = lint(folder, linter)
        assert done.returncode == 0, done.stdout + done.stderr
