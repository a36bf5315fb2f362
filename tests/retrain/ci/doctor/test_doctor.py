"""What of the set-up is missing, at either forge: how it is asked, and what is said of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from retrain.ci import provider
from retrain.ci.doctor import doctor
from retrain.cli import local
from retrain.errors import UserError
from retrain.paths import POLICY
from retrain.repo import tokens
from tests.conftest import Run
from tests.e2e.forge import faults
from tests.e2e.forge.server import Forge
from tests.e2e.forge.state import Reply
from tests.retrain.ci.conftest import AT_GITLAB
from tests.retrain.ci.doctor.conftest import (
    FORMS,
    NAMES,
    Change,
    fails_alone,
    states,
    variable,
    well,
)
from tests.retrain.ci.monitor.test_alarm_job import DRIFT
from tests.toys import toys

DENIED = {"github": ["App secrets", "deploy key"], "gitlab": ["tokens"]}


def test_all_is_well(forge: Forge) -> None:
    well(forge)
    assert states() == dict.fromkeys(NAMES[provider.name()], "ok")
    assert doctor.note() == ""
    assert {method for method, _, _ in forge.requests} == {"GET"}


def test_nothing_is_set(forge: Forge) -> None:
    forge.settings.project = {
        "ci_allow_fork_pipelines_to_run_in_parent_project": True,
        "only_allow_merge_if_pipeline_succeeds": False,
        "ci_pipeline_variables_minimum_override_role": "developer",
    }
    found = doctor.examine()
    assert found.missing == NAMES[provider.name()][:-1]  # the form came with the repository
    assert all("Settings" in each.remedy or "gl" in each.remedy or "gh" in each.remedy for each in found.checks[:-1])  # fmt: skip
    assert doctor.note() == (
        f"Missing in the set-up: {len(found.missing)} ({', '.join(found.missing)}); see `retrain doctor`."
    )


def test_a_landing_asks_a_few_times(forge: Forge) -> None:
    well(forge)
    doctor.note()
    assert len(forge.requests) <= 20


def test_without_the_right_to_ask_nothing_is_known_and_nothing_is_missing(forge: Forge) -> None:
    forge.fails["GET", "^/"] = [Reply(403, {"message": "Upgrade your plan"})] * 20
    *asked, read = NAMES[provider.name()]
    assert states() == {**dict.fromkeys(asked, "unknown"), read: "ok"}
    assert doctor.note() == ""


def test_one_check_without_the_right_leaves_the_others(forge: Forge) -> None:
    well(forge)
    last = NAMES[provider.name()][0]
    for code in (401, 403, 404):
        forge.fails["GET", "^/(rules/branches/retrain|protected_branches)"] = [code]
        found = {each.name: each for each in doctor.examine().checks}
        assert found.pop(last).state == "unknown"
        assert {each.state for each in found.values()} == {"ok"}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (lambda: 503, "is out of order: 503"),
        (lambda: faults.UNICORN, "is out of order: 502"),
        (lambda: faults.used_up(3600), r"takes no more requests until \d\d:\d\d UTC"),
        (lambda: 401, "refuses GET .*: 401 .*RETRAIN_TOKEN"),
        (lambda: 403, "refuses GET .*: 403 .*RETRAIN_TOKEN"),
        (lambda: 404, "refuses GET .*: 404 .*RETRAIN_TOKEN"),
        (lambda: 301, "refuses GET .*: 301 .*RETRAIN_TOKEN"),
    ],
)
def test_a_forge_that_answers_nothing_is_one_sentence(
    forge: Forge, fault: Callable[[], Any], said: str
) -> None:
    forge.fails["GET", ""] = [fault()] * 9
    with pytest.raises(UserError, match=said):
        doctor.examine()
    forge.fails["GET", ""] = [fault()] * 9
    assert doctor.note() == ""


def test_a_forge_that_goes_down_is_asked_no_more(forge: Forge) -> None:
    well(forge)
    forge.fails["GET", "rulesets|protected_tags"] = [503] * 99
    assert list(states().values()) == ["ok", *["unknown"] * (len(NAMES[provider.name()]) - 1)]
    assert len(forge.requests) == 7  # the repository, a check, and one with its repetitions


def test_an_answer_of_another_form_is_no_traceback(forge: Forge) -> None:
    well(forge)
    forge.fails["GET", "^/(actions/secrets|variables)"] = [Reply(200, ["what", "is", "this"])] * 2
    assert [name for name, state in states().items() if state == "unknown"] == DENIED[
        provider.name()
    ]


def test_a_forge_that_is_not_there(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_API_URL", "CI_API_V4_URL"):
        monkeypatch.setenv(name, "https://localhost:1/api")
    with pytest.raises(UserError, match="cannot be reached"):
        doctor.examine()
    assert doctor.note() == ""
    assert forge.requests == []


def test_without_a_token_a_job_of_gitlab_asks_nothing(
    at_gitlab: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_taken", None)
    assert doctor.note() == ""
    assert at_gitlab.requests == []


@pytest.mark.parametrize("change", [("staging", "canary"), ("[", "{"), ("", None)])
def test_the_form_must_offer_the_stages_of_the_policy(
    forge: Forge, change: tuple[str, str | None]
) -> None:
    well(forge)
    old, new = change
    path = Path(FORMS[provider.name()])
    path.unlink() if new is None else path.write_text(path.read_text().replace(old, new))
    found = doctor.examine()
    assert found.missing == ["deployment form"]
    assert "staging, production], with the stages of policy.yaml" in found.checks[-1].remedy


def set_pages(settings: Any) -> None:
    settings.pages = {"build_type": "workflow"}
    settings.variables.append({"key": "RETRAIN_PAGES", "value": "true", "environment_scope": "*"})


@pytest.mark.parametrize(
    "change", [lambda s: None, lambda s: setattr(s, "pages", {"build_type": "legacy"})]
)
def test_where_the_policy_publishes_pages_the_forge_must_take_them(
    forge: Forge, change: Change
) -> None:
    policy = Path(POLICY).read_text()
    assert "pages: false" in policy
    Path(POLICY).write_text(policy.replace("pages: false", "pages: true"))
    fails_alone(forge, "pages", change, "Settings")
    set_pages(forge.settings)
    assert doctor.examine().missing == []


@pytest.fixture
def laptop(server: Forge, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let this process be no job; return the folder, which has no remote yet."""
    for name in (*AT_GITLAB, "GITHUB_REPOSITORY", "GITHUB_API_URL", "GITHUB_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    well(server)
    return folder


@pytest.mark.parametrize(("variable", "forge"), [("GH_HOST", "GitHub"), ("GITLAB_HOST", "GitLab")])
def test_on_a_laptop_the_remote_says_which_forge(
    laptop: Path,
    server: Forge,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    forge: str,
) -> None:
    toys.do(run, laptop, f"git remote add origin {server.url}/acme/toy.git")
    monkeypatch.setenv(variable, server.url.removeprefix("https://"))
    found = doctor.examine()
    assert (found.forge, found.missing) == (forge, [])
    assert {each.state for each in found.checks} == {"ok"}
    monkeypatch.setattr(tokens, "_taken", None)
    with pytest.raises(UserError, match=r"401 .*RETRAIN_TOKEN"):
        doctor.examine()


GITHUB, GITLAB = "https://api.github.com/repos/acme/toy", "https://gitlab.com/api/v4/projects/"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/acme/toy", GITHUB),
        ("https://github.com/acme/toy.git/", GITHUB),
        ("https://octo:secret@github.com/acme/toy.git", GITHUB),
        ("git@github.com:acme/toy.git", GITHUB),
        ("ssh://git@ssh.github.com:443/acme/toy.git", GITHUB),
        ("git@acme.ghe.com:acme/toy", "https://api.acme.ghe.com/repos/acme/toy"),
        ("ssh://git@github.acme.org:2222/acme/toy", "https://github.acme.org/api/v3/repos/acme/toy"),
        ("git@gitlab.com:acme/group/toy.git", f"{GITLAB}acme%2Fgroup%2Ftoy"),
        ("ssh://git@altssh.gitlab.com:443/acme/toy.git", f"{GITLAB}acme%2Ftoy"),
        ("https://gitlab.acme.org:8443/acme/toy", "https://gitlab.acme.org:8443/api/v4/projects/acme%2Ftoy"),
    ],
)  # fmt: skip
def test_every_form_of_an_address(laptop: Path, run: Run, address: str, expected: str) -> None:
    toys.do(run, laptop, f"git remote add origin {address}")
    _, found = doctor.located()
    assert f"{found.api}/{found.path}" == expected


@pytest.mark.parametrize(
    "address", ["../remote.git", "/srv/gitlab/remote", "file:///srv/github/remote",
                "https://octo:secret@forge.acme.org/acme/toy"],
)  # fmt: skip
def test_a_remote_at_neither_forge_is_one_sentence(laptop: Path, run: Run, address: str) -> None:
    toys.do(run, laptop, f"git remote add origin {address}")
    with pytest.raises(UserError, match="GH_HOST or GITLAB_HOST") as failed:
        doctor.examine()
    assert "secret" not in str(failed.value)


def test_without_a_remote_it_is_one_sentence(laptop: Path, run: Run) -> None:
    done = run("retrain", "doctor", cwd=laptop)
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr == "error: there is no remote 'origin' here; add it: git remote add origin …\n"
    )


def test_what_is_printed_and_the_exit_code(
    forge: Forge, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    well(forge)
    local.doctor()
    assert capsys.readouterr().out == "".join(f"ok: {name}\n" for name in NAMES[provider.name()])
    forge.settings.rulesets[0]["rules"] = forge.settings.protected_branches[1:] = []
    forge.fails["GET", "^/(actions/secrets|variables)"] = [403] * 6
    for as_json in (False, True):
        with pytest.raises(typer.Exit) as left:
            local.doctor(as_json)
        assert left.value.exit_code == 1
    first, *_, last = capsys.readouterr().out.partition("{")
    lines = first.splitlines()
    assert lines[0].startswith("missing: record branch: Settings, R")
    assert lines[1] == "ok: version tags"
    denied = DENIED[provider.name()]
    assert [each for each in lines if each.startswith(f"unknown: {denied[0]}: Git")]
    shown = json.loads("{" + last)
    assert shown["missing"] == ["record branch"]
    assert [each["name"] for each in shown["checks"] if each["state"] == "unknown"] == denied
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with pytest.raises(typer.Exit):
        local.doctor()
    assert "remedy" in capsys.readouterr().out


def watched(settings: Any) -> None:
    settings.workflows = {"monitor.yml": "active"}
    settings.variables.append(variable("monitoring", masked=True, protected=True))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s.variables.pop(), "add one for the environment monitoring"),
        (lambda s: s.variables[-1].update(protected=False), "protect the one for monitoring"),
        (lambda s: s.workflows.update({"monitor.yml": "disabled_inactivity"}), "workflow enable"),
        (lambda s: s.workflows.clear(), "not there"),
    ],
)
def test_where_the_policy_says_what_drift_is_the_forge_must_look(
    forge: Forge, change: Change, said: str
) -> None:
    with Path(POLICY).open("a") as file:
        file.write(DRIFT)
    well(forge)
    watched(forge.settings)
    assert doctor.examine().missing == []
    change(forge.settings)
    found = doctor.examine()
    if ("monitoring" in said) is (found.forge == "GitLab"):
        (name,) = found.missing
        assert said in next(each.remedy for each in found.checks if each.name == name)
    else:
        assert found.missing == []
