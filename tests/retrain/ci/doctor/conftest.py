"""What of the set-up is missing: a forge where all is well, and a change of it."""

import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from retrain.ci.doctor import doctor
from retrain.ci.github.doctor import REQUIRED
from retrain.paths import POLICY
from tests.conftest import ROOT, Run
from tests.e2e.forge.server import Forge
from tests.toys import toys

NAMES = {
    "github": [
        "record branch",
        "version tags",
        "deployment tags",
        "default branch",
        "environment landing",
        "App secrets",
        "environment staging",
        "environment production",
        "deploy key",
        "deployment form",
    ],
    "gitlab": [
        "record branch",
        "version tags",
        "default branch",
        "fork pipelines",
        "pipeline variables",
        "tokens",
        "environment production",
        "deployment form",
    ],
}
FORMS = {"github": ".github/workflows/deploy.yml", "gitlab": ".gitlab-ci.yml"}
VALUE = "a-value-that-is-secret"


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
        ruleset(2, "tag", ["refs/tags/toy@*"], "creation", "update", "deletion"),
        ruleset(3, "branch", ["~DEFAULT_BRANCH"]) | {"rules": [CHECKS]},
        ruleset(4, "tag", ["refs/tags/toy#production*"], "creation"),
        ruleset(5, "tag", ["refs/tags/toy#*"], "update", "deletion"),
    ],
    "environments": {name: {"protected_branches": False, "custom_branch_policies": True} for name in ("landing", "staging", "production")},
    "policies": {name: [{"name": "main", "type": "branch"}] for name in ("landing", "staging", "production")},
    "reviewers": ["production"],
    "secrets": {"landing": ["RETRAIN_APP_ID", "RETRAIN_APP_KEY"], "production": ["RETRAIN_DEPLOY_KEY"]},
    "project": {
        "ci_allow_fork_pipelines_to_run_in_parent_project": False,
        "only_allow_merge_if_pipeline_succeeds": True,
        "ci_pipeline_variables_minimum_override_role": "no_one_allowed",
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
    for form in FORMS.values():
        (project / form).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / form, project / form)
    toys.do(run, project, "git init -q -b main")
    monkeypatch.chdir(project)
    return project


def well(forge: Forge) -> None:
    for name, value in WELL.items():
        setattr(forge.settings, name, deepcopy(value))


def states() -> dict[str, str]:
    return {each.name: each.state for each in doctor.examine().checks}


Change = Callable[[Any], Any]


def fails_alone(forge: Forge, name: str, change: Change, said: str) -> doctor.Found:
    """Assert that a change of what is well is missing under one name, and nothing else is."""
    well(forge)
    change(forge.settings)
    found = doctor.examine()
    assert found.missing == [name]
    assert said in next(each.remedy for each in found.checks if each.name == name)
    return found
