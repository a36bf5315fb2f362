"""One table of what happens, for both forges: a change to the files of one alone fails here."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retrain.forges.event import RESULTS, Event
from retrain.forges.github import events as github
from retrain.forges.gitlab import events as gitlab
from tests.ci import events
from tests.ci.parity import COMMENTS, EVERYTHING, NOTHING, GitHub, GitLab, Job, Row
from tests.conftest import ROOT

FORGES: list[Callable[[Path], GitHub | GitLab]] = [GitHub, GitLab]
REVIEW = Row("pull_request", "merge_request_event", "train")
MERGE = Row("push", "push", "land")
NIGHT = Row("schedule", "schedule", "land")
REPORT = Row("workflow_dispatch", "web", "train")
PROPOSE = Row("workflow_dispatch", "web", "land", "propose")
ALARM = Row("repository_dispatch", "trigger", "land")
EVENTS = [
    (REVIEW, {"plan", "train", "comment", "test"}),
    (MERGE, {"plan", "land", "test"}),
    (NIGHT, {"plan", "land"}),
    (REPORT, {"plan", "train"}),
    (PROPOSE, {"plan", "land"}),
    (ALARM, {"plan", "land"}),
]
BUILD = frozenset({"dvc", "pipeline", "validate", "gate"})
JOBS = {
    "plan": Job(("retrain ci plan",), frozenset({"dvc"}), NOTHING, 15),
    "train": Job(("retrain ci train",), BUILD, NOTHING, 60),
    "land": Job(
        ("retrain ci land", "retrain ci propose"),
        BUILD | {"forge"},
        EVERYTHING,
        60,
        one_at_a_time=True,
        restores_caches=False,
    ),
    "comment": Job(("retrain ci comment",), frozenset({"forge"}), COMMENTS, 10),
    "test": Job(("make test",), frozenset(), NOTHING, 30),
}


def reading(forge: Callable[[Path], GitHub | GitLab], root: Path) -> Any:
    """Return all that is compared, of the files in a folder."""
    files = forge(root)
    return [files.jobs_of(row) for row, _ in EVENTS], files.jobs()


@pytest.mark.parametrize("forge", FORGES)
def test_both_forges_do_what_the_table_says(forge: Callable[[Path], GitHub | GitLab]) -> None:
    assert reading(forge, ROOT) == ([jobs for _, jobs in EVENTS], JOBS)


def test_the_button_asks_the_same() -> None:
    ours, theirs = GitHub(ROOT).inputs(), GitLab(ROOT).inputs()
    assert list(ours) == list(theirs)
    assert ours.pop("new-data") == (False, None)  # a box, and words
    assert theirs.pop("new-data") == ("false", ["false", "true"])
    assert ours.pop("runner") == ("ubuntu-24.04", None)  # a label, and tags
    assert theirs.pop("runner") == ([], None)
    assert ours == theirs
    assert ours["result"] == ("report", list(RESULTS))


def by_github(row: Row, folder: Path, patch: pytest.MonkeyPatch) -> Event:
    payloads = {
        "pull_request": events.pull_request("a" * 40),
        "push": events.push(),
        "schedule": events.schedule(),
        "workflow_dispatch": events.button(result=row.result, parameters="a=1", new_data="true"),
        "repository_dispatch": events.alarm(reason="why"),
    }
    (path := folder / "event.json").write_text(json.dumps(payloads[row.github]))
    for name, value in {
        "EVENT_NAME": row.github, "EVENT_PATH": str(path), "REF": "refs/heads/main",
        "RUN_ID": "7", "RUN_ATTEMPT": "1", "ACTOR": "octo",
    }.items():  # fmt: skip
        patch.setenv(f"GITHUB_{name}", value)
    return github.event()


def by_gitlab(row: Row, patch: pytest.MonkeyPatch) -> Event:
    button = row.gitlab == "web"
    for name, value in {
        "CI_PIPELINE_SOURCE": row.gitlab, "CI_PIPELINE_ID": "7", "CI_JOB_ID": "1",
        "CI_COMMIT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": "1" * 40, "CI_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "GITLAB_USER_LOGIN": "octo", "RETRAIN_REASON": "to see" if button else "why",
        "RETRAIN_RESULT": row.result, "RETRAIN_NEW_DATA": "true", "RETRAIN_PARAMETERS": "a=1",
    }.items():  # fmt: skip
        patch.setenv(name, value)
    return gitlab.event()


@pytest.mark.parametrize("row", [row for row, _ in EVENTS])
def test_both_forges_mean_the_same_event(
    row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = by_github(row, tmp_path, monkeypatch)
    assert found == by_gitlab(row, monkeypatch)
    assert ("land" if found.lands else "train") == row.next


RETRAIN, COMMENT, PIPELINE = (
    ".github/workflows/retrain.yml",
    ".github/workflows/comment.yml",
    ".gitlab-ci.yml",
)
CHANGES = [
    (RETRAIN, "  pull_request:\n", ""),
    (RETRAIN, "  repository_dispatch:", "  other_dispatch:"),
    (RETRAIN, "next == 'train'", "next != 'none'"),
    (RETRAIN, "retrain ci train", "retrain ci land"),
    (RETRAIN, "contents: write", "contents: read"),
    (RETRAIN, "contents: read # to check out", "contents: write # to check out"),
    (RETRAIN, "timeout-minutes: 15", "timeout-minutes: 16"),
    (RETRAIN, "groups: dvc,", "groups: dvc gate,"),
    (RETRAIN, "{ group: landing, queue: max }", "{ group: other, queue: max }"),
    (RETRAIN, "cache-mode: write-only", "cache-mode: read"),
    (COMMENT, "== 'pull_request'", "== 'push'"),
    (
        PIPELINE,
        'if: $CI_PIPELINE_SOURCE == "push" && $CI_C',
        'if: $CI_PIPELINE_SOURCE == "x" && $CI_C',
    ),
    (PIPELINE, "/^(schedule|trigger|web|api)$/", "/^(schedule|web|api)$/"),
    (PIPELINE, '$RETRAIN_RESULT == "propose"', '$RETRAIN_RESULT == "report"'),
    (PIPELINE, "retrain ci propose", "retrain ci plan"),
    (PIPELINE, "    - .venv/bin/retrain ci propose\n", ""),
    (PIPELINE, "environment: { name: landing,", "environment: { name: comment,"),
    (PIPELINE, "timeout: 15 minutes", "timeout: 14 minutes"),
    (PIPELINE, "environment.py dvc\n", "environment.py dvc gate\n"),
    (PIPELINE, "  resource_group: landing", "  resource_group: another"),
    (PIPELINE, "  interruptible: false", "  interruptible: true"),
    (PIPELINE, "  cache: []", "  # cache: []"),
    (".gitlab/test.yml", "make test", "make lint"),
    (".gitlab/test.yml", "|push)", "|web)"),
    (PIPELINE, "{ if: $CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH, when: never }", "when: never"),
]


@pytest.mark.parametrize(("file", "before", "after"), CHANGES)
def test_a_change_to_one_forge_alone_is_seen(
    tmp_path: Path, file: str, before: str, after: str
) -> None:
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    shutil.copytree(ROOT / ".gitlab", tmp_path / ".gitlab")
    shutil.copy(ROOT / PIPELINE, tmp_path)
    text = (tmp_path / file).read_text()
    assert before in text
    (tmp_path / file).write_text(text.replace(before, after, 1))
    forge = GitLab if ".gitlab" in file else GitHub
    assert reading(forge, tmp_path) != ([jobs for _, jobs in EVENTS], JOBS)
