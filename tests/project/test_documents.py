"""The blocks of docs/, typed as they stand: what they send is what the machine and the forges read."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from ruamel.yaml import YAML

from retrain.ci.deploy.deploy_job import Deployed
from retrain.ci.deploy.release_job import CHANGED
from retrain.ci.github import events
from retrain.ci.gitlab.doctor import FORKS
from retrain.cli import monitoring
from retrain.deployment.bundle import FILE
from tests.conftest import ROOT, Run
from tests.e2e.forge.server import Forge
from tests.toys import toys

BIN = Path(sys.executable).parent
# a person's programs, as far as blocks need them
PROGRAMS = """
curl() { printf '%s\\n' "$@"; }
gh() { echo a-token; }
TOKEN=a-token
"""


def blocks(name: str, language: str) -> list[str]:
    """Return the blocks of a document in one language, in their order."""
    text = (ROOT / "docs" / name).read_text("utf-8")
    return re.findall(rf"(?ms)^ *```{language}\n(.*?)^ *```$", text)


(DOCTOR,) = blocks("github.md", "sh")
GITLAB_FORKS, GITLAB_DOCTOR = blocks("gitlab.md", "sh")
ALARM, GITLAB_ALARM, TRIGGER = blocks("monitoring.md", "sh")


def typed(run: Run, block: str, folder: Path, **environment: str) -> list[str]:
    """Return the lines that a block prints."""
    done = run("bash", "-uc", PROGRAMS + block, cwd=folder, **environment)
    return (done.stdout + done.stderr).splitlines()


def test_no_other_document_has_commands_that_no_test_types() -> None:
    named = {path.name for path in (ROOT / "docs").glob("*.md") if blocks(path.name, "sh")}
    # those of serving.md: tests/pipeline/flights/whole/test_released.py
    assert named == {"github.md", "gitlab.md", "monitoring.md", "serving.md"}


def test_githubs_alarm_is_one_that_starts_a_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = typed(run, ALARM, tmp_path)
    assert "https://api.github.com/repos/OWNER/REPOSITORY/dispatches" in words
    sent = json.loads(words[words.index("-d") + 1])
    content = {"action": sent["event_type"], "client_payload": sent["client_payload"]}
    (tmp_path / "event.json").write_text(json.dumps(content))
    for name, value in {
        "GITHUB_EVENT_NAME": "repository_dispatch",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_RUN_ID": "7",
        "GITHUB_RUN_ATTEMPT": "1",
    }.items():
        monkeypatch.setenv(name, value)
    found = events.event()
    assert (found.trigger, found.reason) == ("alarm", "humidity: PSI 0.31")


def test_gitlabs_alarm_gives_an_input_that_the_pipeline_has(run: Run, tmp_path: Path) -> None:
    words = typed(run, GITLAB_ALARM, tmp_path)
    assert words[-1].endswith("/projects/ID/trigger/pipeline")
    header = next(iter(YAML(typ="safe").load_all((ROOT / ".gitlab-ci.yml").read_text("utf-8"))))
    given = {name for word in words for name in re.findall(r"^inputs\[([\w-]+)\]=", word)}
    assert given == {"reason"} <= {*header["spec"]["inputs"]}


def test_what_any_shell_types_has_options_that_are_there() -> None:
    lines = [line for line in TRIGGER.splitlines() if line.startswith(".venv/bin/retrain trigger")]
    assert len(lines) == 2
    known = typer.main.get_group(monitoring.app).commands["trigger"]
    for line in lines:
        known.make_context("trigger", shlex.split(line)[2:])


def test_what_keeps_forks_out_is_what_the_doctor_asks_for(run: Run, tmp_path: Path) -> None:
    words = typed(run, GITLAB_FORKS, tmp_path)
    assert "PUT" in words
    assert words[-1].endswith(f"/projects/ID?{FORKS}=false")


def test_who_listens_hears_what_a_deployment_says(tmp_path: Path) -> None:
    (ours,), (theirs, _) = blocks("github.md", "yaml"), blocks("gitlab.md", "yaml")
    for name, block, schema in (
        ("ours.yml", ours, [BIN / "check-jsonschema", "--builtin-schema=vendor.github-workflows"]),
        ("theirs.yml", theirs, [sys.executable, ROOT / "tools/gitlab_schema.py"]),
    ):
        (path := tmp_path / name).write_text(block)
        subprocess.run([*schema, path], check=True)
    listens = YAML(typ="safe").load(ours)["on"]["repository_dispatch"]
    assert listens == {"types": [CHANGED]}
    payload = Deployed.model_fields.keys() - {"last", "changed", "releases"}
    assert {*re.findall(r"client_payload\.(\w+)", ours)} == {"stage", "release", "model"} <= payload
    text = (ROOT / "docs/github.md").read_text("utf-8")
    (line,) = re.findall(r"(?m)^`client_payload` has (.*?)\. A secret", text)
    assert {*re.findall(r"`(\w+)`", line)} == payload
    assert CHANGED in theirs
    assert {*re.findall(r'its\["(\w+)"\]', theirs)} == {"version", "model"} <= payload
    for block, verifies in ((ours, "gh attestation verify"), (theirs, "model_signing verify key")):
        assert re.search(rf'"\$MODEL  {FILE}" \| sha256sum --check', block)
        assert verifies in block


@pytest.mark.slow
@pytest.mark.parametrize(
    ("block", "server"),
    [(DOCTOR, "GH_HOST"), (GITLAB_DOCTOR, "GITLAB_HOST")],
    ids=["github", "gitlab"],
)
def test_the_doctor_answers(block: str, server: str, tmp_path: Path, run: Run) -> None:
    remote = toys.create(tmp_path, run)
    folder = toys.clone(remote, tmp_path / "clone", run)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    with Forge(tmp_path, remote, token="a-token") as forge:  # noqa: S106
        toys.do(run, folder, f"git remote set-url origin {forge.url}/{forge.slug}")
        host = forge.url.removeprefix("https://")
        block = block.replace("RETRAIN_TOKEN=…", "RETRAIN_TOKEN=a-token")
        said = "\n".join(typed(run, block, folder, **forge.trust, **{server: host}))
    assert "missing: record branch: " in said
    assert "missing: version tags: " in said


def test_the_role_at_aws_is_json_and_trusts_one_environment() -> None:
    (policy,) = (json.loads(block) for block in blocks("github.md", "json"))
    (statement,) = policy["Statement"]
    (subject,) = (
        value for name, value in statement["Condition"]["StringEquals"].items() if ":sub" in name
    )
    assert subject == "PREFIX:environment:landing"


def test_the_bucket_at_gitlab_is_a_pipeline(tmp_path: Path) -> None:
    (block,) = (each for each in blocks("gitlab.md", "yaml") if "id_tokens" in each)
    path = tmp_path / "bucket.yml"
    path.write_text(block)
    subprocess.run([sys.executable, ROOT / "tools/gitlab_schema.py", path], check=True)
    path.write_text(block.replace("variables:", "variables: 7\nother:"))
    assert subprocess.run([sys.executable, ROOT / "tools/gitlab_schema.py", path]).returncode
