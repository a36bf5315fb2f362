"""One table of what happens, for both forges: a change to the files of one alone fails here."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from retrain.ci.event import ACTIONS, DEPLOY, NEWEST, RESULTS, Event
from retrain.ci.github import events as github
from retrain.ci.gitlab import calls
from retrain.ci.gitlab import events as gitlab
from retrain.gate.policy import Policy
from retrain.paths import POLICY
from retrain.settings import read
from tests.conftest import ROOT
from tests.e2e.github.reading import GitHub
from tests.e2e.gitlab.reading import GitLab
from tests.e2e.parity import Reader, Row
from tests.e2e.table import (
    ALARM,
    EVENTS,
    FORGES,
    JOBS,
    NIGHT,
    OUR_ALARM,
    PROPOSE,
    PUSH,
    REPORT,
    REVIEW,
    reading,
)
from tests.toys import events
from tools.enterprise_server import rewritten


@pytest.mark.parametrize("forge", FORGES)
def test_both_forges_do_what_the_table_says(forge: Reader) -> None:
    assert reading(forge, ROOT) == (EVENTS, JOBS, set())


def test_the_button_asks_the_same() -> None:
    ours, theirs = GitHub(ROOT).inputs(), GitLab(ROOT).inputs()
    deploys = GitHub(ROOT).inputs("deploy")
    assert deploys.pop("reason") == ours["reason"]
    stage, stages = deploys.pop("stage")
    assert stages == list(read(ROOT / POLICY, Policy).stages)
    assert stage == stages[0]
    ours |= {"deploy": ("none", ["none", *stages]), **deploys}
    assert theirs.pop("monitor") == ("false", ["false", "true"])  # GitHub has a workflow for it
    assert theirs.pop("cause") == ("", None)  # and sends it without a form
    assert list(ours) == list(theirs)
    assert ours.pop("new-data") == (False, None)  # a box, and words
    assert theirs.pop("new-data") == ("false", ["false", "true"])
    assert ours.pop("runner") == ("ubuntu-24.04", None)  # a label, and tags
    assert theirs.pop("runner") == ([], None)
    assert ours == theirs
    assert ours["result"] == ("report", list(RESULTS))
    assert (ours["action"], ours["version"]) == ((DEPLOY, list(ACTIONS)), (NEWEST, None))


def by_github(row: Row, folder: Path, patch: pytest.MonkeyPatch) -> Event:
    payloads = {
        "pull_request": events.pull_request("a" * 40),
        "push": events.push(),
        "schedule": events.schedule(),
        "workflow_dispatch": events.button(result=row.result, parameters="a=1", new_data="true"),
        "repository_dispatch": events.alarm(reason="why", cause="0123456789ab"),
    }
    (path := folder / "event.json").write_text(json.dumps(payloads[row.github]))
    for name, value in {
        "EVENT_NAME": row.github, "EVENT_PATH": str(path), "REF": "refs/heads/main",
        "RUN_ID": "7", "RUN_ATTEMPT": "1", "ACTOR": "octo",
        "SERVER_URL": "https:/", "REPOSITORY": "forge",
    }.items():  # fmt: skip
        patch.setenv(f"GITHUB_{name}", value)
    return github.event()


def by_gitlab(row: Row, patch: pytest.MonkeyPatch) -> Event:
    button = row.gitlab == "web"
    for name, value in {
        "CI_PIPELINE_SOURCE": row.gitlab, "CI_PIPELINE_ID": "7", "CI_JOB_ID": "1",
        "CI_PIPELINE_URL": "https://forge/7",
        "CI_COMMIT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": "1" * 40, "CI_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "GITLAB_USER_LOGIN": "octo", "RETRAIN_REASON": "to see" if button else "why",
        "RETRAIN_RESULT": row.result, "RETRAIN_NEW_DATA": "true", "RETRAIN_PARAMETERS": "a=1",
        "RETRAIN_CAUSE": "0123456789ab",
    }.items():  # fmt: skip
        patch.setenv(name, value)
    return gitlab.event()


@pytest.mark.parametrize("row", [REVIEW, PUSH, NIGHT, REPORT, PROPOSE, ALARM, OUR_ALARM])
def test_both_forges_mean_the_same_event(
    row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = by_github(row, tmp_path, monkeypatch)
    theirs = by_gitlab(row, monkeypatch)
    assert (found.address, theirs.address) == ("https://forge/actions/runs/7", "https://forge/7")
    assert found == replace(theirs, address=found.address)
    assert ("land" if found.lands else "build") == row.next


def test_both_forges_mean_the_same_deployment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path := tmp_path / "event.json").write_text(
        json.dumps(events.deployment(stage="staging", action="roll back", reason=" why\nnot"))
    )
    for name, value in {
        "GITHUB_EVENT_PATH": str(path), "GITHUB_REF": "refs/heads/main", "GITHUB_RUN_ID": "7",
        "GITHUB_ACTOR": "another", "GITHUB_TRIGGERING_ACTOR": "octo", "GITHUB_RUN_ATTEMPT": "1",
        "RETRAIN_DEPLOY": "staging", "RETRAIN_ACTION": "roll back", "RETRAIN_VERSION": "newest",
        "RETRAIN_REASON": " why\nnot",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    about = {"id": 1, "ref": "main", "tag": False, "web_url": "https://forge/-/jobs/1"}
    about |= {"pipeline": {"id": 7}, "user": {"username": "octo"}}
    monkeypatch.setattr(calls, "this_job", lambda: about)
    ours, theirs = github.asked(), gitlab.asked()
    assert replace(ours.event, address="") == replace(theirs.event, address="")
    assert replace(ours, event=theirs.event) == theirs
    assert (ours.event.actor, ours.event.reason, ours.goes_back) == ("octo", "why not", True)


RETRAIN, COMMENT, PROPOSED, PIPELINE, SAID, TRIED, DEPLOYS, THEIRS, PAGES, SHOWN, MONITOR, LOOKS = (
    ".github/workflows/retrain.yml",
    ".github/workflows/comment.yml",
    ".github/actions/land/action.yml",
    ".gitlab-ci.yml",
    ".gitlab/comment.yml",
    ".gitlab/test.yml",
    ".github/workflows/deploy.yml",
    ".gitlab/deploy.yml",
    ".github/workflows/pages.yml",
    ".gitlab/pages.yml",
    ".github/workflows/monitor.yml",
    ".gitlab/monitor.yml",
)
JUDGES, PROPOSES = "retrain ci gate\n", "    - .venv/bin/retrain ci retry cml pr create\n"
CACHES = "      - uses: actions/cache@v5\n"
CHANGES = [
    (RETRAIN, "  pull_request:\n", ""),
    (RETRAIN, "  pull_request:\n", "  pull_request: { types: [closed] }\n"),
    (RETRAIN, "  pull_request:\n", "  pull_request:\n  pull_request_target:\n"),
    (RETRAIN, "    branches: [main]", "    branches: [other]"),
    (RETRAIN, "  push:\n    branches: [main]", "  push:"),
    (RETRAIN, "  repository_dispatch:", "  other_dispatch:"),
    (RETRAIN, "types: [drift-alert]", "types: [other]"),
    (RETRAIN, "next != 'none'", "next == 'land'"),
    (RETRAIN, " && github.ref == 'refs/heads/main'", ""),
    (RETRAIN, "retrain ci gate", "retrain ci land"),
    (RETRAIN, JUDGES, f"{JUDGES}      - run: .venv/bin/dvc push\n"),
    (RETRAIN, JUDGES, f"{JUDGES}      - uses: some/action@v1\n"),
    (RETRAIN, "isolate dvc repro", "isolate dvc repro --force"),
    (RETRAIN, "contents: write", "contents: read"),
    (RETRAIN, "contents: read # to check out", "contents: write # to check out"),
    (
        RETRAIN,
        '{ RETRAIN_TOKEN: "${{ github.token }}" }',
        '{ RETRAIN_TOKEN: "${{ secrets.PAT }}" }',
    ),
    (RETRAIN, "timeout-minutes: 15", "timeout-minutes: 16"),
    (RETRAIN, "groups: dvc, r", "groups: dvc gate, r"),
    (
        RETRAIN,
        "    needs: plan\n    if: needs.plan.outputs.next != 'n",
        "    if: needs.plan.outputs.next != 'n",
    ),
    (RETRAIN, "{ group: landing, queue: max }", "{ group: landing }"),
    (
        RETRAIN,
        "      - run: .venv/bin/retrain ci s",
        f"{CACHES}      - run: .venv/bin/retrain ci s",
    ),
    (RETRAIN, "${{ github.event_name == 'pull_request' }}", "true"),
    (COMMENT, "run.event == 'pull_request'", "run.event == 'push'"),
    (COMMENT, "!= 'action_required'", "== 'success'"),
    (COMMENT, "workflows: [retrain]", "workflows: [test]"),
    (COMMENT, "  queue: max", "  cancel-in-progress: true"),
    (
        COMMENT,
        "      - run: .venv/bin/retrain ci review",
        f"{CACHES}      - run: .venv/bin/retrain ci review",
    ),
    (PROPOSED, "retrain ci close-older\n", "retrain ci plan\n"),
    (PIPELINE, 'if: $CI_PIPELINE_SOURCE == "push" && $C', 'if: $CI_PIPELINE_SOURCE == "x" && $C'),
    (PIPELINE, '== "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH', '== "push"'),
    (PIPELINE, "/^(schedule|trigger|pipeline|web|api)$/", "/^(schedule|pipeline|web|api)$/"),
    (PIPELINE, "/^(schedule|trigger|pipeline|web|api)$/", "/^(schedule|trigger|web|api)$/"),
    (PIPELINE, "/^(schedule|trigger|pipeline|web|api)$/", "/^(schedule|trigger|pipeline|web)$/"),
    (PIPELINE, "trigger|pipeline|web|api)$/", "trigger|pipeline|web|api|chat)$/"),
    (PIPELINE, '$RETRAIN_RESULT == "propose"', '$RETRAIN_RESULT == "report"'),
    (
        PIPELINE,
        "auto_cancel: { on_new_commit: none }",
        "auto_cancel: { on_new_commit: interruptible }",
    ),
    (PIPELINE, ", auto_cancel: { on_new_commit: interruptible } }", " }"),
    (PIPELINE, JUDGES, f"{JUDGES}    - .venv/bin/dvc push\n"),
    (PIPELINE, "isolate dvc repro", "isolate dvc repro --force"),
    (PIPELINE, PROPOSES, ""),
    (PIPELINE, "needs: [plan]", "needs: []"),
    (PIPELINE, "environment: { name: landing,", "environment: { name: comment,"),
    (PIPELINE, "timeout: 15 minutes", "timeout: 14 minutes"),
    (PIPELINE, "environment.py dvc\n", "environment.py dvc gate\n"),
    (PIPELINE, "  resource_group: landing", "  # resource_group: landing"),
    (PIPELINE, "interruptible: false\n  resource_group", "interruptible: true\n  resource_group"),
    (PIPELINE, "  stage: land\n", "  stage: land\n  cache: { paths: [packages] }\n"),
    (PIPELINE, "{ if: $CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH, when: never }", "when: never"),
    (PIPELINE, "    - { if: $CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH, when: never }\n", ""),
    (PIPELINE, "{ local: .gitlab/comment.yml }, ", ""),
    (SAID, ", when: always", ""),
    (SAID, "needs: [build]", "needs: [plan]"),
    (SAID, "  stage: report\n", "  stage: report\n  cache: { paths: [packages] }\n"),
    (SAID, "interruptible: false", "interruptible: true"),
    (PAGES, "run.head_branch == github", "run.head_branch != github"),
    (PAGES, "ref_name == github", "ref_name != github"),
    (PAGES, "workflows: [retrain, deploy]", "workflows: [retrain]"),
    (PAGES, "run.event == 'push'", "run.event == 'pull_request'"),
    (PAGES, "contents: read # to check out", "contents: write # to check out"),
    (SHOWN, "/^(push|web|api)$/", "/^(push|web|api|schedule)$/"),
    (SHOWN, "== $CI_DEFAULT_BRANCH", "!= $CI_DEFAULT_BRANCH"),
    (SHOWN, "      when: always\n", ""),
    (TRIED, "make test", "make lint"),
    (DEPLOYS, "  workflow_dispatch:\n", "  push:\n  workflow_dispatch:\n"),
    (DEPLOYS, "contents: write", "contents: read"),
    (DEPLOYS, "      queue: max\n", ""),
    (DEPLOYS, "needs: bundle", "needs: []"),
    (DEPLOYS, "retrain ci bundle", "retrain ci deploy"),
    (DEPLOYS, "groups: dvc, role", "groups: dvc gate, role"),
    (PIPELINE, "{ local: .gitlab/deploy.yml }, ", ""),
    (
        PIPELINE,
        '[{ if: $RETRAIN_DEPLOY == "none" && $RETRAIN_MONITOR == "false" }]',
        "[when: always]",
    ),
    (PIPELINE, '$RETRAIN_DEPLOY == "none" && ', ""),
    (PIPELINE, ' && $RETRAIN_MONITOR == "false"', ""),
    (PIPELINE, ' || $RETRAIN_MONITOR == "true"', ""),
    (PIPELINE, '$RETRAIN_DEPLOY != "none" || ', ""),
    (PIPELINE, "{ local: .gitlab/monitor.yml }, ", ""),
    (SHOWN, ' && $RETRAIN_MONITOR == "false"', ""),
    (MONITOR, "  schedule:", "  push:"),
    (MONITOR, "contents: read # to check out", "contents: write # to check out"),
    (MONITOR, "contents: write", "contents: read"),
    (MONITOR, "needs: look", "needs: []"),
    (MONITOR, "      queue: max\n", ""),
    (MONITOR, "retrain ci monitor", "retrain ci alarm"),
    (MONITOR, "groups: dvc forge", "groups: dvc forge pipeline"),
    (LOOKS, "(schedule|web|api)", "(web|api)"),
    (LOOKS, '$RETRAIN_MONITOR == "true"', '$RETRAIN_MONITOR == "false"'),
    (LOOKS, "[{ job: look, artifacts: false }]", "[]"),
    (LOOKS, "  resource_group: alarm", "  # resource_group: alarm"),
    (LOOKS, "name: monitoring", "name: landing"),
    (LOOKS, "environment.py dvc forge", "environment.py dvc"),
    (THEIRS, 'DEPLOY != "none"', 'DEPLOY == "production"'),
    (THEIRS, "needs: [{ job: bundle, artifacts: false }]", "needs: []"),
    (THEIRS, "  resource_group: deploy", "  # resource_group: deploy"),
    (THEIRS, "name: $RETRAIN_DEPLOY", "name: landing"),
    (THEIRS, "dvc forge release", "dvc forge"),
    (TRIED, "|push)", "|web)"),
]


@pytest.mark.parametrize(("file", "before", "after"), CHANGES)
def test_a_change_to_one_forge_alone_is_seen(
    tmp_path: Path, file: str, before: str, after: str
) -> None:
    for folder in (".github", ".gitlab"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / PIPELINE, tmp_path)
    text = rewritten((tmp_path / file).read_text(), "github")
    assert before in text
    (tmp_path / file).write_text(text.replace(before, after, 1))
    forge = GitLab if ".gitlab" in file else GitHub
    assert reading(forge, tmp_path) != (EVENTS, JOBS, set())
