"""The alarm, at either forge: raised once, and each way in which it is not raised says why."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from retrain.ci.monitor import alarm_job, look_job
from retrain.errors import UserError
from retrain.monitoring.schema import Alarm, Drift, Feature
from retrain.paths import POLICY
from retrain.repo import tokens
from tests.conftest import Run
from tests.e2e.forge import runs
from tests.e2e.forge.server import Forge
from tests.toys import toys

DRIFT = """
drift:
  min_rows: 10
  integrity: {new: .1, vanished: .1, constant: .9, missing: .2, outside: .1, unexplained: .5}
  outcome: {confidence: .95, metric: .2, calibration: .1, level: .1}
  inputs: {psi: .2, season: null}
  seen: source
  cooldown: 7
"""


def drift(**fields: Any) -> Drift:
    moved = Alarm(kind="integrity", feature="visib", check="constant", what="visib: 10 | @in 100%")
    values: dict[str, Any] = {
        "status": "alarm",
        "against": "v1.2.0",
        "commit": "a" * 40,
        "rows": 1234,
        "period": "2013-07",
        "alarms": [moved],
        "features": [Feature(name="visib", psi=0.3, ks=None, missing=0, learned_missing=0.1)],
        "notes": [],
    }
    return Drift(**values | fields)


@pytest.fixture
def folder(
    forge: Forge, toy_start: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return where `look` has left what it has found; this process is the job after it."""
    clone = toys.clone(toy_start, tmp_path / "clone", run)
    toys.do(run, clone, f"git remote set-url origin {forge.repository}")
    toys.do(run, clone, "git push -q --force origin HEAD:main")
    change(clone, run)
    monkeypatch.chdir(clone)
    (tmp_path / "event.json").write_text("{}")
    for name, value in {
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_REF": "refs/heads/main",
        "GITHUB_RUN_ID": "5", "CI_COMMIT_BRANCH": "main", "CI_PIPELINE_ID": "5", "CI_JOB_ID": "6",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    forge.jobs[5] = [{"id": 50, "name": "look", "status": "success"}]
    forge.left[50] = tmp_path / "left"
    return clone / "drift"


def change(clone: Path, run: Run, before: str = "words:", after: str = "words:") -> None:
    """Let the policy of the default branch have a part on drift, and other words."""
    text = (clone / POLICY).read_text()
    assert before in text
    text = text.replace(before, after)
    (clone / POLICY).write_text(text if "\ndrift:" in text else text + DRIFT)
    toys.do(run, clone, "git add -A", "git commit -qm policy", "git push -q origin HEAD:main")


def answered(forge: Forge, folder: Path, content: str | Drift) -> str:
    """Return what the job says to what it is left."""
    text = content if isinstance(content, str) else content.model_dump_json()
    left = forge.left[50] / "drift"
    for place in (folder,) if not forge.readers else (left,):
        place.mkdir(parents=True, exist_ok=True)
        (place / "drift.json").write_text(text)
    try:
        return alarm_job.answer(folder)
    finally:
        for each in folder.glob("*"):
            each.unlink()
        if folder.exists():
            folder.rmdir()


def sent(forge: Forge) -> Any:
    (said,) = forge.dispatched
    return said.get("client_payload") or said["inputs"]


@pytest.mark.slow
def test_an_alarm_is_raised_once_within_its_cooldown(forge: Forge, folder: Path) -> None:
    said = answered(forge, folder, drift())
    assert said.startswith("The alarm is raised")
    assert "@in" not in said
    assert sent(forge) == {"reason": "visib: 10 | @in 100%", "cause": drift().cause}
    again = answered(forge, folder, drift(against="v1.3.0"))
    assert "the last one is too new; drift.cooldown ends" in again
    assert len(forge.dispatched) == 1
    old = datetime.now(UTC) - timedelta(days=8)
    forge.runs[0].created = old.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert answered(forge, folder, drift()).startswith("The alarm is raised")
    assert len(forge.dispatched) == 2


@pytest.mark.slow
def test_an_alarm_from_elsewhere_counts_and_other_runs_do_not(forge: Forge, folder: Path) -> None:
    for source in ("workflow_dispatch", "schedule", "web"):
        runs.begin(forge, source)
    runs.begin(forge, "repository_dispatch").workflow = "serve.yml"
    assert answered(forge, folder, drift()).startswith("The alarm is raised")
    forge.runs.clear()
    runs.begin(forge, "trigger" if forge.readers else "repository_dispatch")
    assert "too new" in answered(forge, folder, drift())


@pytest.mark.slow
def test_while_its_proposal_is_open_the_same_cause_is_no_alarm(forge: Forge, folder: Path) -> None:
    cause = drift().cause
    strangers = {"owner": "mallory", "sha": "f" * 40}
    forge.open_pull(f"retrain/data-{'0' * 12}-1-1-{cause}", **strangers)  # type: ignore[arg-type]
    forge.open_pull(f"retrain/data-{'0' * 12}-1-1-{'1' * 12}")
    forge.open_pull(f"retrain/button-{'0' * 12}-1-1-{cause}")
    forge.open_pull(f"my-{cause}")
    assert answered(forge, folder, drift()).startswith("The alarm is raised")
    forge.runs.clear()
    pull = forge.open_pull(f"retrain/data-{'0' * 12}-1-1-{cause}")
    said = answered(forge, folder, drift())
    assert "the proposal for the same cause is open, https://" in said
    assert said.endswith(f"/{pull.number}")
    other = drift(alarms=[Alarm(kind="inputs", feature="x", check="psi", what="x")])
    assert answered(forge, folder, other).startswith("The alarm is raised")


@pytest.mark.slow
def test_what_is_no_alarm_starts_nothing(forge: Forge, folder: Path, run: Run) -> None:
    for status, said in (("none", "nothing has moved too far"), ("too few", "too few rows")):
        assert said in answered(forge, folder, drift(status=status))
    change(folder.parent, run, "alarm: true", "alarm: false")
    assert "triggers.alarm: false" in answered(forge, folder, drift())
    assert forge.dispatched == []


@pytest.mark.slow
def test_what_is_not_what_look_writes_is_refused(forge: Forge, folder: Path) -> None:
    extra = json.dumps(drift().model_dump() | {"more": 1})
    unknown = json.dumps(drift().model_dump() | {"status": "ALARM"})
    for content in ("", "[]", "{}", extra, unknown, "x" * (alarm_job.LARGEST + 1)):
        with pytest.raises(UserError, match=r"drift\.json"):
            answered(forge, folder, content)
    assert forge.dispatched == []


@pytest.mark.slow
def test_a_forge_that_refuses_is_a_sentence(
    forge: Forge, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge.fails["POST", "/(dispatches|trigger/pipeline)$"] = [403]
    with pytest.raises(UserError, match="refuses POST"):
        answered(forge, folder, drift())
    if forge.readers:
        monkeypatch.setattr(tokens, "_taken", None)
        monkeypatch.setenv("CI_ENVIRONMENT_NAME", "monitoring")
        with pytest.raises(UserError, match="no RETRAIN_TOKEN is set for the environment 'mon"):
            answered(forge, folder, drift())


def test_the_summary_is_short_and_its_texts_stay_text() -> None:
    said = look_job.summary(drift())
    assert said.startswith("**An alarm**: 1,234 rows, against v1.2.0.")
    assert "@in" not in said
    assert "| visib | 0.300 |  | 0.0% | 10.0% |" in said
    assert look_job.summary(drift(status="too few", alarms=[], features=[])).startswith("**Too few")
