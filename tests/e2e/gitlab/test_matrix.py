"""Which jobs a pipeline has, as gitlab-ci-local reads the file: by source, branch and input."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from tests.e2e.gitlab_ci_local import NODE, OPTIONS, PROGRAM, needed
from tests.e2e.table import EVENTS
from tests.toys import toys

ROWS = [
    (row.gitlab, row.result, row.branch, row.deploys, started.jobs, row.monitors)
    for row, started in EVENTS.items()
    if started.jobs
]  # `workflow` is not honoured here
# elsewhere than on the default branch nothing lands: the plan says so, and fails
ELSEWHERE = [
    ("web", "report", "feature", "none", {"plan", "build"}),
    ("web", "propose", "feature", "none", {"plan", "build"}),
    ("schedule", "report", "feature", "none", {"plan"}),
    ("trigger", "report", "feature", "none", {"plan"}),
    ("trigger", "report", "main", "production", set()),  # and no pipeline
    ("api", "propose", "main", "none", {"plan", "build", "land", "pages"}),
    ("api", "report", "main", "none", {"plan", "build", "pages"}),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    needed()
    folder = tmp_path_factory.mktemp("matrix")
    (folder / ".gitlab-ci.yml").write_text((ROOT / ".gitlab-ci.yml").read_text())
    shutil.copytree(ROOT / ".gitlab", folder / ".gitlab")
    (folder / "requirements").mkdir()
    for name in ("dvc", "pipeline"):
        (folder / f"requirements/{name}.txt").touch()
    toys.do(run, folder, "git init -q -b main", "git add -A", "git commit -qm start",
            "git remote add origin https://gitlab.example.org/acme/toy.git")  # fmt: skip
    return folder


@pytest.mark.parametrize(
    ("source", "result", "branch", "deploys", "jobs", "monitors"),
    [*ROWS, *(pytest.param(*row, False, marks=pytest.mark.slow) for row in ELSEWHERE)],
)
def test_the_jobs_of_a_source(
    folder: Path,
    run: Run,
    source: str,
    result: str,
    branch: str,
    deploys: str,
    jobs: set[str],
    monitors: bool,
) -> None:
    variables = {"CI_PIPELINE_SOURCE": source, "CI_DEFAULT_BRANCH": "main"}
    words = []
    if source == "merge_request_event":
        words.append("--unset-variable=CI_COMMIT_BRANCH")
    else:
        variables["CI_COMMIT_BRANCH"] = branch
    variables["RETRAIN_PAGES"] = "true"
    words += [f"--variable={name}={value}" for name, value in variables.items()]
    done = run(
        *(NODE, PROGRAM, *OPTIONS, "--list-json", f"--input=result={result}"),
        *(
            f"--input=deploy={deploys}",
            f"--input=monitor={json.dumps(str(monitors).lower())}",
            *words,
        ),
        cwd=folder,
        GCL_IGNORE_PREDEFINED_VARS=",".join(variables),
    )
    listed = json.loads(done.stdout[done.stdout.index("[\n") :])
    # a job of several images has each in its name
    assert {job["name"].partition(":")[0] for job in listed if job["when"] != "never"} == jobs
    assert {job["name"] for job in listed if job["when"] == "always"} == jobs & {"comment", "pages"}


@pytest.mark.slow
def test_an_input_that_is_not_as_the_file_asks_is_refused(folder: Path) -> None:
    for given in ("result=deploy", "parameters=a=$(id)", "new-data=perhaps"):
        done = subprocess.run(
            [NODE, PROGRAM, *OPTIONS, "--list-json", f"--input={given}"],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode != 0, given
        assert "input" in done.stdout + done.stderr
