"""GitLab's schema, as `make lint` holds the pipeline to it: lets ours pass, and finds mistakes."""

import re
import shutil
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.e2e.gitlab.reading import GitLab
from tests.e2e.table import EVENTS, JOBS

TEXT = (ROOT / ".gitlab-ci.yml").read_text()
MISTAKES = [
    ("    - .venv/bin/retrain ci gate\n", "    - { run: gate }\n"),
    ("timeout: 60 minutes", "timeout: [60]"),
    ("when: always", "when: whenever"),
    ("resource_group: landing", "resource_group: [landing]"),
    ("action: access", "action: look"),
    ("interruptible: false", "interruptible: maybe"),
    ("tags: $[[ inputs.runner ]]", "tags: $[[ inputs.reason ]]"),
    ("\n---\n", "\n"),
]


def check(folder: Path, text: str) -> "subprocess.CompletedProcess[str]":
    (file := folder / ".gitlab-ci.yml").write_text(text)
    command = [sys.executable, ROOT / "tools/gitlab_schema.py", file]
    return subprocess.run(command, capture_output=True, text=True)


def test_our_pipeline_passes(tmp_path: Path) -> None:
    done = check(tmp_path, TEXT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_lines_for_a_bucket_change_nothing_else(tmp_path: Path) -> None:
    blocks = re.findall(r"(?s)```yaml\n(.*?)```", (ROOT / "docs/gitlab.md").read_text())
    (block,) = (each for each in blocks if "id_tokens" in each)
    text = TEXT
    for part in ("default:\n", "variables:\n"):
        lines = block.partition(part)[2].splitlines(keepends=True)
        added = "".join(takewhile(lambda line: line.startswith(" "), lines))
        assert added
        assert f"\n{part}" in text
        text = text.replace(f"\n{part}", f"\n{part}{added}", 1)
    shutil.copytree(ROOT / ".gitlab", tmp_path / ".gitlab")
    done = check(tmp_path, text)
    assert done.returncode == 0, done.stdout + done.stderr
    files = GitLab(tmp_path)
    assert files.file["default"]["before_script"]
    assert files.jobs() == JOBS
    assert {row: files.started(row) for row in EVENTS} == EVENTS


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), MISTAKES)
def test_a_mistake_is_found_and_is_no_traceback(tmp_path: Path, before: str, after: str) -> None:
    assert before in TEXT
    done = check(tmp_path, TEXT.replace(before, after, 1))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
