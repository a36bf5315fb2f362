"""What of the set-up is missing, at either forge: in every state, and each check by itself."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from retrain.ci import credentials
from retrain.errors import UserError
from retrain.forges import doctor, here
from tests.ci import toys
from tests.ci.forge import faults
from tests.ci.forge.server import Forge
from tests.ci.forge.state import Reply
from tests.conftest import Run
from tests.forges.conftest import AT_GITLAB, Clock

NAMES = {
    "github": ["record branch", "version tags", "default branch", "environment landing", "App secrets"],
    "gitlab": ["record branch", "version tags", "default branch", "fork pipelines", "tokens"],
}
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


REQUIRED = {
    "type": "required_status_checks",
    "parameters": {"required_status_checks": [{"context": name} for name in ("Plan", "Train", "Test")]},
}  # fmt: skip
WELL = {
    "rulesets": [
        ruleset(1, "branch", ["refs/heads/retrain-landings"], "creation", "update", "deletion", "non_fast_forward"),
        ruleset(2, "tag", ["refs/tags/toy@*", "refs/tags/toy#*"], "creation", "update", "deletion"),
        ruleset(3, "branch", ["~DEFAULT_BRANCH"]) | {"rules": [REQUIRED]},
    ],
    "environments": {"landing": {"protected_branches": False, "custom_branch_policies": True}},
    "policies": [{"name": "main", "type": "branch"}],
    "secrets": {"landing": ["RETRAIN_APP_ID", "RETRAIN_APP_KEY"]},
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
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a project whose model is called `toy`."""
    project = tmp_path / "project"
    (project / ".dvc").mkdir(parents=True)
    (project / ".dvc/config").touch()
    (project / "dvc.yaml").write_text("artifacts:\n  toy:\n    path: models/model.skops\n    type: model\n")
    toys.do(run, project, "git init -q -b main")
    monkeypatch.chdir(project)
    return project


def well(forge: Forge) -> None:
    for name, value in WELL.items():
        setattr(forge.settings, name, deepcopy(value))


def states() -> dict[str, str]:
    return {each.name: each.state for each in doctor.examine().checks}


def remedies() -> dict[str, str]:
    return {each.name: each.remedy for each in doctor.examine().checks}


def test_all_is_well(forge: Forge) -> None:
    well(forge)
    assert states() == dict.fromkeys(NAMES[here.name()], "ok")
    assert doctor.note() == ""
    assert {method for method, _, _ in forge.requests} == {"GET"}


def test_nothing_is_set(forge: Forge) -> None:
    forge.settings.project = {
        "ci_allow_fork_pipelines_to_run_in_parent_project": True,
        "only_allow_merge_if_pipeline_succeeds": False,
    }
    found = doctor.examine()
    assert found.missing == NAMES[here.name()]
    assert all("Settings" in each.remedy or "gl" in each.remedy or "gh" in each.remedy for each in found.checks)  # fmt: skip
    assert doctor.note() == (
        f"Missing in the set-up: 5 ({', '.join(found.missing)}); see `retrain doctor`."
    )


def test_a_landing_asks_a_few_times(forge: Forge) -> None:
    well(forge)
    doctor.note()
    assert len(forge.requests) <= 10
