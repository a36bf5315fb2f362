"""What docs/monitoring.md lets another monitoring send: sent to a forge, and read as by a job."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from retrain.ci.github import events as github
from retrain.ci.gitlab import events as gitlab
from retrain.settings import read_yaml
from tests.conftest import ROOT
from tests.e2e.forge.server import Forge
from tests.toys import events

PAGE = (ROOT / "docs/monitoring.md").read_text()
TRIGGER = "trigger-token"
HOSTILE = 'humidity: 0.31\n<b> "quoted" @all {{ x }} #'


def as_alertmanager(payload: dict[str, Any], summary: str) -> dict[str, Any]:
    """Return what Alertmanager sends: a text that is YAML of another kind becomes that."""

    def rendered(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: rendered(each) for key, each in value.items()}
        # `toJson` is Go's, which escapes these, too
        said = json.dumps(summary).replace("<", "\\u003c").replace(">", "\\u003e")
        text = value.replace("{{ .CommonAnnotations.summary | toJson }}", said)
        found = read_yaml(text)
        return text if isinstance(found, str) else found

    return dict(rendered(payload))


def payloads() -> list[dict[str, Any]]:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    whole = read_yaml(blocks[0])["receivers"][0]["webhook_configs"][0]
    part = read_yaml(blocks[1])[0]
    assert "/dispatches" in whole["url"]
    assert whole["send_resolved"] is part["send_resolved"] is False
    return [whole["payload"], part["payload"]]


def posted(forge: Forge, path: str, **options: Any) -> int:
    return requests.post(
        f"{forge.url}{path}", verify=str(forge.ca), timeout=30, **options
    ).status_code


def heard(forge: Forge, folder: Path, patch: pytest.MonkeyPatch) -> Any:
    """Return the event that a job reads."""
    said = forge.dispatched[-1]
    if "inputs" in said:
        patch.setenv("CI_PIPELINE_SOURCE", said["source"])
        given = {"reason": "", "cause": "", **said["inputs"]}
        for name, value in {
            "CI_PIPELINE_ID": "7",
            "CI_JOB_ID": "1",
            "CI_COMMIT_BRANCH": "main",
        }.items():
            patch.setenv(name, value)
        for name, value in given.items():
            patch.setenv(f"RETRAIN_{name.upper()}", value)
        return gitlab.event()
    (folder / "event.json").write_text(json.dumps(events.alarm(**said["client_payload"])))
    for name, value in {
        "EVENT_NAME": "repository_dispatch", "EVENT_PATH": str(folder / "event.json"),
        "REF": "refs/heads/main", "RUN_ID": "7",
    }.items():  # fmt: skip
        patch.setenv(f"GITHUB_{name}", value)
    return github.event()


@pytest.fixture
def sending(server: Forge) -> Forge:
    server.triggers.add(TRIGGER)
    server.refresh()
    return server


def test_alertmanager_is_heard_by_both(
    sending: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_github, at_gitlab = (as_alertmanager(each, HOSTILE) for each in payloads())
    token = {"Authorization": f"Bearer {sending.token}"}
    assert (
        posted(sending, "/api/v3/repos/acme/toy/dispatches", json=at_github, headers=token) == 204
    )
    ours = heard(sending, tmp_path, monkeypatch)
    path = f"/api/v4/projects/1/trigger/pipeline?token={TRIGGER}"
    assert posted(sending, path, json=at_gitlab) == 201
    theirs = heard(sending, tmp_path, monkeypatch)
    assert (ours.trigger, theirs.trigger) == ("alarm", "alarm")
    assert ours.reason == theirs.reason == " ".join(HOSTILE.split())


def test_a_curl_is_heard(sending: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (sent,) = re.findall(r"-d '(.*)'", PAGE)
    token = {"Authorization": f"Bearer {sending.token}"}
    assert posted(sending, "/api/v3/repos/acme/toy/dispatches", data=sent, headers=token) == 204
    assert heard(sending, tmp_path, monkeypatch).reason == "humidity: PSI 0.31"
    (reason,) = re.findall(r'--form "(inputs\[reason\])=', PAGE)
    form = {"token": TRIGGER, "ref": "main", reason: "humidity: PSI 0.31"}
    assert posted(sending, "/api/v4/projects/1/trigger/pipeline", data=form) == 201
    assert heard(sending, tmp_path, monkeypatch).reason == "humidity: PSI 0.31"


def test_who_may_not_is_refused(sending: Forge) -> None:
    body = {"event_type": "drift-alert", "client_payload": {}}
    assert posted(sending, "/api/v3/repos/acme/toy/dispatches", json=body) == 401
    form = {"token": "another", "ref": "main"}
    assert posted(sending, "/api/v4/projects/1/trigger/pipeline", data=form) == 404
    assert sending.dispatched == []
