"""Each check of the set-up at GitLab, by itself."""

from typing import Any

import pytest

from retrain.ci.doctor import doctor
from tests.e2e.forge.server import Forge
from tests.retrain.ci.doctor.conftest import (
    NAMES,
    VALUE,
    Change,
    fails_alone,
    level,
    protected,
    states,
    variable,
    well,
)

RECORD, TAGS, DEFAULT, FORKS, VARIABLES, TOKENS, STAGE, _ = NAMES["gitlab"]
AT, HASH = protected("toy@*", create=40), protected("toy#*", create=40)


def branch(number: int, **values: Any) -> Change:
    return lambda settings: settings.protected_branches[number].update(values)


def tags(*rules: dict[str, Any]) -> Change:
    return lambda settings: setattr(settings, "protected_tags", list(rules))


def token(number: int, **values: Any) -> Change:
    return lambda settings: settings.variables[number].update(values)


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
        (TAGS, tags(), "add toy@* and toy#staging* and toy#production*,"),
        (TAGS, tags(AT), "add toy#staging* and toy#production*,"),
        (TAGS, tags(AT, protected("toy#staging*", create=40)), "add toy#production*,"),
        (
            TAGS,
            tags(
                AT,
                *(protected(f"toy#{stage}", create=40) for stage in ("staging*", "production#*")),
            ),
            "add toy#production*,",
        ),
        (TAGS, tags(HASH), "add toy@*,"),
        (TAGS, tags(AT, protected("toy#*", create=30)), "add toy#staging* and toy#production*,"),
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
        (
            VARIABLES,
            lambda s: s.project.update(ci_pipeline_variables_minimum_override_role="maintainer"),
            "override_role=no_one_allowed",
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
            STAGE,
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
    assert {found[name] for name in (DEFAULT, FORKS, VARIABLES)} == {"unknown"}
