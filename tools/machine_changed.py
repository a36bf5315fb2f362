"""Run a command if the change touches the machine: `python tools/machine_changed.py make test-all`.

The change is what a job of GitHub or GitLab is about, and elsewhere what differs from the default
branch. Where it is not known what it starts from, the command runs.
"""

import json
import os
import re
import sys
from pathlib import Path

from retrain.ci import provider
from retrain.errors import UserError
from retrain.repo.base import resolve
from retrain.repo.git import git

MACHINE = re.compile(
    r"(src/retrain|tests/(retrain|e2e|toys|project)|tools|benchmarks|requirements|\.ci|\.github"
    r"|\.gitlab|\.dvc|\.devcontainer)/|(\.gitlab-ci\.yml|\.git(ignore|attributes)|\.dvcignore"
    r"|\.editorconfig|\.pre-commit-config\.yaml|renovate\.json|tests/conftest\.py|Makefile"
    r"|(pyproject|template)\.toml)$"
)


def base() -> str | None:
    """Return what a change is compared with, or the commit before a push; None: no job."""
    if os.environ.get("GITLAB_CI"):
        before = os.environ.get("CI_COMMIT_BEFORE_SHA", "")
    elif path := os.environ.get("GITHUB_EVENT_PATH"):
        before = json.loads(Path(path).read_text("utf-8")).get("before", "")
    else:
        return None
    return provider.events().event().base or before


def why() -> str:
    """Return why the machine is to be tested, or nothing."""
    try:
        found = resolve(base())
    except UserError as error:
        return f"what this change starts from is not known: {error}"
    if found.commit is None:
        return found.why
    names = git("diff", "--name-only", "--no-renames", "-z", found.commit, "--").split("\0")
    touched = next(filter(MACHINE.match, names), "")
    return touched and f"this change touches {touched}"


def main() -> None:
    """Run the command of the command line, or say why not."""
    if not (reason := why()):
        print("this change touches nothing of the machine: its tests are not run")
        return
    print(f"{reason}: all tests are run", flush=True)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 (the Makefile's own words)


if __name__ == "__main__":
    main()
