"""tools/machine_changed.py: the machine's tests run where a change touches it, or may do."""

import json
from pathlib import Path

import pytest

from retrain.repo.git import NOTHING
from tests.conftest import ROOT, Run
from tests.toys import toys
from tools.machine_changed import MACHINE

FORGES = ["github", "gitlab", "laptop"]
GITLAB = {"GITLAB_CI": "true", "CI_PIPELINE_ID": "1", "CI_JOB_ID": "2", "CI_PROJECT_ID": "1"}
MERGE_REQUEST = {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    "CI_MERGE_REQUEST_PROJECT_ID": "1",
}


@pytest.fixture
def clone(tmp_path: Path, run: Run) -> Path:
    """Return a clone of a repository of one commit."""
    toys.do(run, tmp_path, "git init -q --bare -b main remote.git")
    clone = toys.clone(tmp_path / "remote.git", tmp_path / "clone", run)
    for name in ("src/retrain/run", "src/pipeline", "tools"):
        (clone / name).mkdir(parents=True)
    toys.change(clone, run, "start", README__md="one\n")
    toys.do(
        run,
        clone,
        "git push -q origin HEAD:main",
        "git fetch -q",
        "git remote set-head origin main",
    )
    return clone


def said(clone: Path, run: Run, forge: str, before: str | None = None) -> str:
    """Return what the tool says in a job: of a pull request, or of a push that follows `before`."""
    event = {"before": before} if before else {"pull_request": {"base": {"ref": "main"}}}
    (path := clone.with_name("event.json")).write_text(json.dumps(event))
    ours = {"GITHUB_EVENT_NAME": "push" if before else "pull_request", "GITHUB_RUN_ID": "1"}
    ours["GITHUB_EVENT_PATH"] = str(path)
    theirs = GITLAB | {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BEFORE_SHA": before or NOTHING}
    if not before:
        theirs |= MERGE_REQUEST
    variables = {"github": ours, "gitlab": theirs, "laptop": {}}[forge]
    done = run(
        "python", ROOT / "tools/machine_changed.py", "echo", "they", "run", cwd=clone, **variables
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("name", ["src/retrain/run/plan.py", "Makefile", ".gitlab-ci.yml"])
def test_a_change_that_touches_the_machine(clone: Path, run: Run, forge: str, name: str) -> None:
    (clone / name).write_text("two\n")
    toys.change(clone, run, "two", **{"src/pipeline/train__py": "two\n"})
    assert said(clone, run, forge) == f"this change touches {name}: all tests are run\nthey run\n"


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("name", ["src/pipeline/train.py", "README.md", "src/Makefile", "tools.md"])
def test_a_change_that_does_not(clone: Path, run: Run, forge: str, name: str) -> None:
    (clone / name).write_text("two\n")
    toys.do(run, clone, "git add -A", "git commit -qm two")
    assert "nothing of the machine" in said(clone, run, forge)


@pytest.mark.parametrize(
    "name", [".devcontainer/a.json", ".editorconfig", ".pre-commit-config.yaml", "renovate.json"]
)
def test_a_file_that_the_tests_of_the_project_read_is_the_machines(name: str) -> None:
    assert MACHINE.match(name)
    assert not MACHINE.match(f"docs/{name}")


def test_a_file_that_is_gone_is_touched(clone: Path, run: Run) -> None:
    toys.change(clone, run, "two", **{"tools/lock__py": "two\n"})
    toys.do(
        run, clone, "git push -q origin HEAD:main", "git rm -q tools/lock.py", "git commit -qm x"
    )
    assert "tools/lock.py" in said(clone, run, "github")


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_a_push_is_what_came_since_the_one_before(clone: Path, run: Run, forge: str) -> None:
    first = toys.tip(clone, run, "HEAD")
    toys.change(clone, run, "two", Makefile="two\n")
    second = toys.tip(clone, run, "HEAD")
    toys.change(clone, run, "three", README__md="three\n")
    toys.do(run, clone, "git push -q origin HEAD:main")
    assert "touches Makefile" in said(clone, run, forge, first)
    assert "nothing of the machine" in said(clone, run, forge, second)


@pytest.mark.parametrize("forge", ["github", "gitlab"])
@pytest.mark.parametrize("before", [NOTHING, "f" * 40], ids=["the first push", "a forced push"])
def test_where_it_is_not_known_what_it_starts_from_everything_runs(
    clone: Path, run: Run, forge: str, before: str
) -> None:
    assert said(clone, run, forge, before).endswith(": all tests are run\nthey run\n")


@pytest.mark.parametrize(("own", "runs"), [("1", False), ("2", True)])
def test_a_forks_branches_are_no_base(clone: Path, run: Run, own: str, runs: bool) -> None:
    base = toys.tip(clone, run, "HEAD")
    toys.change(clone, run, "two", Makefile="two\n")
    toys.do(run, clone, "git push -q origin HEAD:main")
    job = GITLAB | MERGE_REQUEST | {"CI_PROJECT_ID": own, "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
    done = run("python", ROOT / "tools/machine_changed.py", "echo", "they", "run", cwd=clone, **job)
    assert ("they run" in done.stdout) is runs, done.stdout + done.stderr
