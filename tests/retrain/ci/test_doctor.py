"""What of the set-up is missing, at either forge: in every state, and each check by itself."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import typer

from retrain.ci import provider
from retrain.ci.doctor import doctor
from retrain.ci.github.doctor import REQUIRED
from retrain.cli import local
from retrain.errors import UserError
from retrain.paths import POLICY
from retrain.repo import tokens
from tests.conftest import Run
from tests.e2e.forge import faults
from tests.e2e.forge.server import Forge
from tests.e2e.forge.state import Reply
from tests.retrain.ci.conftest import AT_GITLAB
from tests.toys import toys

NAMES = {
    "github": [
        "record branch",
        "version tags",
        "deployment tags",
        "default branch",
        "environment landing",
        "App secrets",
        "environment production",
        "deploy key",
    ],
    "gitlab": [
        "record branch",
        "version tags",
        "default branch",
        "fork pipelines",
        "tokens",
        "environment production",
    ],
}
DENIED = {"github": ["App secrets", "deploy key"], "gitlab": ["tokens"]}
VALUE = "a-value-that-is-secret"
OLDEST, NEWEST = REQUIRED[2:]  # of Python, in the names of the checks


def rules(*names: str) -> list[dict[str, Any]]:
    return [{"type": name} for name in names]


def ruleset(identity: int, target: str, include: list[str], *names: str) -> dict[str, Any]:
    return {
        "id": identity,
        "name": f"number {identity}",
        "target": target,
        "enforcement": "active",
        "source_type": "Repository",
        "conditions": {"ref_name": {"include": include, "exclude": []}},
        "rules": rules(*names),
    }


def protected(name: str, **access: int) -> dict[str, Any]:
    levels = {f"{kind}_access_levels": [level(number)] for kind, number in access.items()}
    return {"name": name, "allow_force_push": False, **levels}


def level(number: int) -> dict[str, Any]:
    return {"access_level": number, "user_id": None, "group_id": None}


def variable(scope: str, **options: bool) -> dict[str, Any]:
    return {"key": "RETRAIN_TOKEN", "value": VALUE, "environment_scope": scope, **options}


CHECKS = {
    "type": "required_status_checks",
    "parameters": {"required_status_checks": [{"context": name} for name in REQUIRED]},
}  # fmt: skip
WELL = {
    "rulesets": [
        ruleset(1, "branch", ["refs/heads/retrain-landings"], "creation", "update", "deletion", "non_fast_forward"),
        ruleset(2, "tag", ["refs/tags/toy@*", "refs/tags/toy#staging#*"], "creation", "update", "deletion"),
        ruleset(3, "branch", ["~DEFAULT_BRANCH"]) | {"rules": [CHECKS]},
        ruleset(4, "tag", ["refs/tags/toy#production#*"], "creation", "update", "deletion"),
    ],
    "environments": {name: {"protected_branches": False, "custom_branch_policies": True} for name in ("landing", "production")},
    "policies": {name: [{"name": "main", "type": "branch"}] for name in ("landing", "production")},
    "reviewers": ["production"],
    "secrets": {"landing": ["RETRAIN_APP_ID", "RETRAIN_APP_KEY"], "production": ["RETRAIN_DEPLOY_KEY"]},
    "project": {
        "ci_allow_fork_pipelines_to_run_in_parent_project": False,
        "only_allow_merge_if_pipeline_succeeds": True,
    },
    "protected_branches": [protected("main", push=40, merge=30), protected("retrain-landings", push=40, merge=40)],
    "protected_tags": [protected("toy@*", create=40), protected("toy#*", create=40)],
    "variables": [
        variable("landing", masked=True, protected=True),
        variable("comment", masked=True, protected=False),
        variable("landing", masked=False, protected=False) | {"key": "ANOTHER"},
        variable("production", masked=True, protected=True),
    ],
    "protected_environments": ["production"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a project whose model is called `toy`."""
    project = tmp_path / "project"
    (project / ".dvc").mkdir(parents=True)
    (project / ".dvc/config").touch()
    (project / "dvc.yaml").write_text(
        "artifacts:\n  toy:\n    path: models/model.skops\n    type: model\n"
    )
    policy = (toys.TOY / POLICY).read_text()
    (project / POLICY).write_text(
        policy.replace("stages: {", "stages: {staging: {follows: true}, ")
    )
    toys.do(run, project, "git init -q -b main")
    monkeypatch.chdir(project)
    return project


def well(forge: Forge) -> None:
    for name, value in WELL.items():
        setattr(forge.settings, name, deepcopy(value))


def states() -> dict[str, str]:
    return {each.name: each.state for each in doctor.examine().checks}


def test_all_is_well(forge: Forge) -> None:
    well(forge)
    assert states() == dict.fromkeys(NAMES[provider.name()], "ok")
    assert doctor.note() == ""
    assert {method for method, _, _ in forge.requests} == {"GET"}


def test_nothing_is_set(forge: Forge) -> None:
    forge.settings.project = {
        "ci_allow_fork_pipelines_to_run_in_parent_project": True,
        "only_allow_merge_if_pipeline_succeeds": False,
    }
    found = doctor.examine()
    assert found.missing == NAMES[provider.name()]
    assert all("Settings" in each.remedy or "gl" in each.remedy or "gh" in each.remedy for each in found.checks)  # fmt: skip
    assert doctor.note() == (
        f"Missing in the set-up: {len(found.missing)} ({', '.join(found.missing)}); see `retrain doctor`."
    )


def test_a_landing_asks_a_few_times(forge: Forge) -> None:
    well(forge)
    doctor.note()
    assert len(forge.requests) <= 16


def test_without_the_right_to_ask_nothing_is_known_and_nothing_is_missing(forge: Forge) -> None:
    forge.fails["GET", "^/"] = [Reply(403, {"message": "Upgrade your plan"})] * 20
    assert states() == dict.fromkeys(NAMES[provider.name()], "unknown")
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


Change = Callable[[Any], Any]


def fails_alone(forge: Forge, name: str, change: Change, said: str) -> doctor.Found:
    """Assert that a change of what is well is missing under one name, and nothing else is."""
    well(forge)
    change(forge.settings)
    found = doctor.examine()
    assert found.missing == [name]
    assert said in next(each.remedy for each in found.checks if each.name == name)
    return found


def without(name: str, number: int) -> Change:
    """Return a change that takes a rule out of a ruleset."""

    def change(settings: Any) -> None:
        rules = settings.rulesets[number]["rules"]
        settings.rulesets[number]["rules"] = [each for each in rules if each["type"] != name]

    return change


def names(*include: str, exclude: tuple[str, ...] = ()) -> Change:
    """Return a change of the tags that a ruleset is for."""
    refs = {"include": list(include), "exclude": list(exclude)}
    return lambda settings: settings.rulesets[1]["conditions"].update(ref_name=refs)


def required(*contexts: str) -> Change:
    """Return a change of the checks that a ruleset requires."""
    checks = {"required_status_checks": [{"context": name} for name in contexts]}
    return lambda settings: settings.rulesets[2]["rules"][0].update(parameters=checks)


def uses(policy: dict[str, bool] | None, *policies: tuple[str, str]) -> Change:
    """Return a change of what may use the environment."""

    def change(settings: Any) -> None:
        settings.environments["landing"] = policy
        settings.policies["landing"] = [{"name": name, "type": kind} for name, kind in policies]

    return change


def older(**contexts: list[str]) -> Change:
    """Return a change to branch protection of the older kind."""

    def change(settings: Any) -> None:
        del settings.rulesets[2]
        settings.contexts = contexts

    return change


PROTECTED = {"protected_branches": True, "custom_branch_policies": False}
CUSTOM = {"protected_branches": False, "custom_branch_policies": True}
RECORD, TAGS, DEPLOYS, DEFAULT, ENVIRONMENT, SECRETS, STAGE, KEY = NAMES["github"]
OWN = ("refs/tags/toy@*", "refs/tags/toy#staging#*")
APP = ["RETRAIN_APP_ID", "RETRAIN_APP_KEY"]


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (RECORD, without("creation", 0), "retrain-landings, restrict creations ("),
        (RECORD, without("update", 0), "retrain-landings, restrict updates ("),
        (RECORD, without("deletion", 0), "retrain-landings, restrict deletions ("),
        (RECORD, without("non_fast_forward", 0), "retrain-landings, block force pushes ("),
        (RECORD, lambda s: s.rulesets[0].update(enforcement="disabled"), "restrict creations, "),
        (TAGS, without("creation", 1), "toy@* and toy#staging#*, restrict creations ("),
        (TAGS, without("update", 1), "toy@* and toy#staging#*, restrict updates ("),
        (TAGS, without("deletion", 1), "toy@* and toy#staging#*, restrict deletions ("),
        (TAGS, lambda s: s.rulesets[1].update(enforcement="evaluate"), "restrict creations, "),
        (TAGS, lambda s: s.rulesets[1].update(target="branch"), "restrict creations, "),
        (TAGS, names("refs/tags/toy@*"), "restrict creations, "),
        (TAGS, names("refs/tags/toy#*"), "restrict creations, "),
        (TAGS, names("refs/tags/toy@v*", "refs/tags/toy#staging#*"), "restrict creations, "),
        (
            TAGS,
            names("~ALL", exclude=("refs/tags/toy@v0*", "refs/tags/toy#production#*")),
            "restrict creations, ",
        ),
        (TAGS, names("~ALL", exclude=("refs/tags/t*",)), "restrict creations, "),
        (
            DEPLOYS,
            lambda s: s.rulesets.pop(),
            "toy#production#*, in a ruleset of their own, restrict creations, ",
        ),
        (DEPLOYS, without("deletion", 3), "in a ruleset of their own, restrict deletions ("),
        (DEPLOYS, names("~ALL"), "what lands could deploy, because 'number 2' is for toy@*"),
        (DEPLOYS, names("refs/tags/toy@*", "refs/tags/toy#*"), "what lands could deploy, "),
        (STAGE, lambda s: s.environments.pop("production"), "add `production`"),
        (STAGE, lambda s: s.policies.update(production=[]), "no branch may use"),
        (STAGE, lambda s: s.reviewers.clear(), "who may push can deploy: "),
        (
            KEY,
            lambda s: s.secrets.update({"": ["RETRAIN_DEPLOY_KEY"]}),
            "can read RETRAIN_DEPLOY_KEY:",
        ),
        (
            KEY,
            lambda s: s.secrets.update(production=[]),
            "gh secret set --env production RETRAIN_DEPLOY_KEY ",
        ),
        (DEFAULT, required("Plan", "Build", OLDEST), f"without the checks {NEWEST},"),
        (DEFAULT, required("Plan", OLDEST, NEWEST), "without the checks Build,"),
        (DEFAULT, older(), f"without the checks Plan, Build, {OLDEST}, {NEWEST},"),
        (DEFAULT, older(main=["Build", OLDEST, NEWEST]), "without the checks Plan,"),
        (ENVIRONMENT, lambda s: s.environments.pop("landing"), "add `landing`"),
        (ENVIRONMENT, uses(None), "any branch may use"),
        (ENVIRONMENT, uses(CUSTOM), "no branch may use"),
        (ENVIRONMENT, uses(CUSTOM, ("main", "branch"), ("*", "branch")), "*, main may use"),
        (ENVIRONMENT, uses(CUSTOM, ("main", "tag")), "the tag main may use"),
        (ENVIRONMENT, uses(PROTECTED), "no branch may use"),
        (SECRETS, lambda s: s.secrets.update({"": [APP[1]]}), "can read RETRAIN_APP_KEY:"),
        (SECRETS, lambda s: s.secrets.update(landing=[APP[0]]), "for RETRAIN_APP_KEY ("),
        (SECRETS, lambda s: s.secrets.update({"": APP, "landing": []}), "can read"),
    ],
)
def test_each_check_of_github_can_fail_alone(
    at_github: Forge, name: str, change: Change, said: str
) -> None:
    fails_alone(at_github, name, change, said)


@pytest.mark.parametrize(
    "change",
    [
        names("~ALL", exclude=("refs/tags/toy#production#*",)),
        names("refs/tags/**/*", exclude=("refs/tags/toy#production*",)),
        names("refs/tags/toy@*", "refs/tags/toy#*", exclude=("refs/tags/toy#production#*",)),
        names("refs/tags/toy*", exclude=("refs/tags/other@*", "refs/tags/toy#production#*")),
        lambda s: s.rulesets[3]["conditions"]["ref_name"].update(
            include=["refs/tags/*#production#*"]
        ),
        lambda s: s.rulesets.append(
            ruleset(5, "tag", ["~ALL"], "deletion") | {"enforcement": "evaluate"}
        ),
        older(main=[*REQUIRED, "More"]),
        required(*REQUIRED, "More"),
        lambda s: (older(main=[*REQUIRED])(s), uses(PROTECTED)(s)),
        lambda s: s.secrets.update({"": ["ANOTHER"]}),
        lambda s: s.rulesets.append(ruleset(5, "tag", ["refs/tags/v*"])),
        lambda s: (
            without("update", 1)(s),
            s.rulesets.append(ruleset(5, "tag", [*OWN], "update")),
        ),
    ],
)
def test_github_knows_other_ways_to_be_well(at_github: Forge, change: Change) -> None:
    well(at_github)
    change(at_github.settings)
    assert doctor.examine().missing == []


def branch(number: int, **values: Any) -> Change:
    return lambda settings: settings.protected_branches[number].update(values)


def tags(*rules: dict[str, Any]) -> Change:
    return lambda settings: setattr(settings, "protected_tags", list(rules))


def token(number: int, **values: Any) -> Change:
    return lambda settings: settings.variables[number].update(values)


FORKS, TOKENS = NAMES["gitlab"][3:5]
AT, HASH = protected("toy@*", create=40), protected("toy#*", create=40)


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (RECORD, lambda s: s.protected_branches.pop(), "add retrain-landings,"),
        (RECORD, branch(1, push_access_levels=[level(40), level(30)]), "maintainers alone"),
        (RECORD, branch(1, merge_access_levels=[level(30)]), "maintainers alone"),
        (RECORD, branch(1, allow_force_push=True), "no force push"),
        (
            RECORD,
            lambda s: s.protected_branches.append(protected("retrain-*", push=30, merge=40)),
            "for retrain-*,",
        ),
        (TAGS, tags(), "add toy@* and toy#staging#* and toy#production#*,"),
        (TAGS, tags(AT), "add toy#staging#* and toy#production#*,"),
        (TAGS, tags(AT, protected("toy#staging#*", create=40)), "add toy#production#*,"),
        (TAGS, tags(HASH), "add toy@*,"),
        (TAGS, tags(AT, protected("toy#*", create=30)), "add toy#staging#* and toy#production#*,"),
        (TAGS, tags(AT, HASH, protected("toy@v*", create=30)), "add toy@*,"),
        (TAGS, tags(protected("toy@v*", create=40), HASH), "add toy@*,"),
        (DEFAULT, lambda s: s.protected_branches.pop(0), "add main"),
        (
            DEFAULT,
            lambda s: s.project.update(only_allow_merge_if_pipeline_succeeds=False),
            "must succeed",
        ),
        (
            FORKS,
            lambda s: s.project.update(ci_allow_fork_pipelines_to_run_in_parent_project=True),
            "parent_project=false",
        ),
        (TOKENS, lambda s: s.variables.pop(0), "add one for the environment landing "),
        (TOKENS, lambda s: s.variables.pop(1), "add one for the environment comment "),
        (TOKENS, token(0, masked=False), "mask the one for landing "),
        (TOKENS, token(1, masked=False), "mask the one for comment "),
        (TOKENS, token(0, protected=False), ": protect the one for landing "),
        (TOKENS, token(1, protected=True), "do not protect the one for comment "),
        (TOKENS, token(2, key="RETRAIN_TOKEN", environment_scope="*"), "environment '*'"),
        (TOKENS, lambda s: s.variables.pop(), "add one for the environment production "),
        (TOKENS, token(3, protected=False), ": protect the one for production "),
        (
            NAMES["gitlab"][5],
            lambda s: s.protected_environments.clear(),
            "deploy.approvers; or Sett",
        ),
    ],
)
def test_each_check_of_gitlab_can_fail_alone(
    at_gitlab: Forge, name: str, change: Change, said: str
) -> None:
    found = fails_alone(at_gitlab, name, change, said)
    assert VALUE not in str(found)


@pytest.mark.parametrize(
    "change",
    [
        branch(1, name="retrain-*"),
        branch(1, push_access_levels=[level(0)], merge_access_levels=[level(0)]),
        branch(1, push_access_levels=[level(60)]),
        branch(1, push_access_levels=[{"access_level": None, "user_id": 7}]),
        tags(protected("*", create=40)),
        tags(AT, HASH, protected("v*", create=30)),
        lambda s: s.variables.append(variable("staging", masked=True, protected=True)),
        tags(protected("toy*", create=0)),
    ],
)
def test_gitlab_knows_other_ways_to_be_well(at_gitlab: Forge, change: Change) -> None:
    well(at_gitlab)
    change(at_gitlab.settings)
    assert doctor.examine().missing == []


def test_settings_that_gitlab_does_not_show_are_unknown(at_gitlab: Forge) -> None:
    well(at_gitlab)
    at_gitlab.settings.project = {}
    found = states()
    assert (found[DEFAULT], found[FORKS]) == ("unknown", "unknown")


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
