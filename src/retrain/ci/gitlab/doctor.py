"""What of the set-up is missing at GitLab: read by its API, and never changed.

https://docs.gitlab.com/api/protected_branches/
"""

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import Any
from urllib.parse import quote

from retrain.ci.api.retry import DeniedError
from retrain.ci.doctor import form
from retrain.ci.doctor.patterns import fits_all, fits_some
from retrain.ci.doctor.reading import Checks, Repository
from retrain.gate.policy import Policy
from retrain.paths import POLICY
from retrain.repo import tokens
from retrain.repo.record import BRANCH

HOST = "gitlab"
SERVER = "GITLAB_HOST"
NO_ONE, MAINTAINER = 0, 40  # access levels: developers are 30
FORM = (".gitlab-ci.yml", ("spec", "inputs", "deploy", "options"))
PROTECT = "Settings, Repository, *Protected"
FORKS = "ci_allow_fork_pipelines_to_run_in_parent_project"
GREEN = "only_allow_merge_if_pipeline_succeeds"
OVERRIDE, NOBODY = "ci_pipeline_variables_minimum_override_role", "no_one_allowed"
LANDING, COMMENT, MONITORING = ("landing", "comment", "monitoring")  # environments


def repository(host: str, path: str) -> Repository:
    """Return what reads a repository by the forge's API; in a job, as its environment says."""
    job = os.environ.get("CI_PROJECT_ID")
    api = os.environ.get("CI_API_V4_URL") if job else None
    token = tokens.token()
    headers = {"PRIVATE-TOKEN": token} if token else {}
    project = f"projects/{job or quote(path, safe='')}"
    return Repository("GitLab", api or f"https://{host}/api/v4", project, headers)


def checks(found: Repository, artifact: str, policy: Policy) -> Checks:
    stage = policy.last_stage
    return {
        **of_line(found, BRANCH, artifact, policy),
        "default branch": partial(_default, found),
        "fork pipelines": partial(_forks, found),
        "pipeline variables": partial(_variables, found),
        "tokens": partial(_tokens, found, list(policy.stages), policy.monitored),
        f"environment {stage}": partial(_approved, found, stage, policy.deploy.approvers),
        form.NAME: partial(form.lacking, *FORM, ["none", *policy.stages]),
        **({"pages": partial(_pages, found)} if policy.deploy.pages else {}),
    }


def of_line(found: Repository, branch: str, artifact: str, policy: Policy) -> Checks:
    """Return the checks of a line of versions: its record's branch, and its tags."""
    # without `#` at its end: NAME#STAGE and NAME#STAGE!#NUMBER are deployments too
    starts = [f"{artifact}@", *(f"{artifact}#{stage}" for stage in policy.stages)]
    return {
        "record branch": partial(_record, found, branch),
        "version tags": partial(_tags, found, starts),
    }


def _record(found: Repository, branch: str) -> str:
    rules = _protecting(found, branch)
    if not rules:
        return (
            f"{PROTECT} branches*: add {branch}, for maintainers; or glab api --method POST "
            f"projects/:id/protected_branches -f name={branch}"
        )
    open_to = [each for each in rules if _developers(each, "push", "merge")]
    forced = [each for each in rules if each["allow_force_push"]]
    if not open_to and not forced:
        return ""
    return (
        f"{PROTECT} branches*: for {(open_to + forced)[0]['name']}, allow maintainers alone to "
        "push and merge, and no force push"
    )


def _protecting(found: Repository, branch: str) -> list[Any]:
    """Return every rule for a branch: the one that allows most is the one that counts."""
    return [each for each in found.every("protected_branches") if fnmatchcase(branch, each["name"])]


def _developers(rule: Any, *kinds: str) -> bool:
    """Tell whether a role below maintainer may do one of these; a named account may be any."""
    return any(
        NO_ONE < (level["access_level"] or NO_ONE) < MAINTAINER
        for kind in kinds
        for level in rule[f"{kind}_access_levels"]
    )


def _tags(found: Repository, starts: Sequence[str]) -> str:
    rules = found.every("protected_tags")
    lacking = [f"{start}*" for start in starts if not _protected(rules, start)]
    if not lacking:
        return ""
    return (
        f"{PROTECT} tags*: add {' and '.join(lacking)}, for maintainers alone; or, for each, glab "
        "api --method POST projects/:id/protected_tags -f name=NAME"
    )


def _protected(rules: list[Any], start: str) -> bool:
    """Tell whether no tag with this start may be created by developers."""
    concerned = [each for each in rules if fits_some(each["name"], start)]
    return any(fits_all(each["name"], start) for each in concerned) and not any(
        _developers(each, "create") for each in concerned
    )


def _default(found: Repository) -> str:
    branch, lacking = found.default_branch, []
    if not _protecting(found, branch):
        lacking.append(f"{PROTECT} branches*: add {branch}")
    if not _setting(found, GREEN):
        lacking.append(
            "Settings, Merge requests, *Pipelines must succeed*: else what the gate blocks can be "
            f"merged; or glab api --method PUT projects/:id -F {GREEN}=true"
        )
    return "; ".join(lacking)


def _forks(found: Repository) -> str:
    if not _setting(found, FORKS):
        return ""
    return (
        "a fork's pipeline can be run with this project's variables; glab api --method PUT "
        f"projects/:id -F {FORKS}=false"
    )


def _variables(found: Repository) -> str:
    if _setting(found, OVERRIDE) == NOBODY:
        return ""
    return (
        "who starts a pipeline can set any variable of its jobs, and so what runs beside their "
        "tokens: Settings, CI/CD, Variables, *Minimum role to use pipeline variables*: No one "
        f"allowed; or glab api --method PUT projects/:id -f {OVERRIDE}={NOBODY}"
    )


def _setting(found: Repository, name: str) -> Any:
    """Return a setting of the project, which GitLab leaves out where the token may not see it."""
    if (value := found.about.get(name)) is None:
        raise DeniedError(f"GitLab does not show {name} to this token; ask as a maintainer")
    return value


def _approved(found: Repository, stage: str, approvers: Sequence[str]) -> str:
    """Say what is missing where a person approves: at GitLab, or by the policy."""
    if approvers or found.find(f"protected_environments/{stage}"):
        return ""
    return (
        f"who may run pipelines on the default branch can deploy: name accounts in {POLICY}: "
        f"deploy.approvers; or Settings, CI/CD, Protected environments, {stage}, with Premium"
    )


def _pages(found: Repository) -> str:
    if any(each["key"] == "RETRAIN_PAGES" for each in found.every("variables")):
        return ""
    return (
        f"{POLICY} publishes the pages, and no pipeline has the job that does: Settings, CI/CD, "
        "Variables, add RETRAIN_PAGES, with the value true; or glab variable set RETRAIN_PAGES true"
    )


def _tokens(found: Repository, stages: Sequence[str], monitored: bool) -> str:
    given: dict[str, Any] = {
        each["environment_scope"]: each
        for each in found.every("variables")
        if each["key"] == tokens.VARIABLE
    }
    needed = {LANDING, COMMENT, stages[-1], *([MONITORING] if monitored else [])}
    faults = list(_faults(given, needed, {*stages, MONITORING}))
    if not faults:
        return ""
    where = f"Settings, CI/CD, Variables, {tokens.VARIABLE}"
    return f"{where}: {'; '.join(faults)} (docs/gitlab.md)"


def _faults(given: dict[str, Any], needed: set[str], allowed: set[str]) -> Iterator[str]:
    """Yield what is wrong with the variables, by the scope of each; their values stay unread."""
    for scope in sorted({*needed, *given}):
        if scope not in needed | allowed:
            yield f"remove the one for the environment {scope!r}"
        elif scope not in given:
            yield f"add one for the environment {scope}"
        elif not given[scope]["masked"]:
            yield f"mask the one for {scope}"
        elif given[scope]["protected"] != (scope != COMMENT):
            yield f"{'do not protect' if scope == COMMENT else 'protect'} the one for {scope}"
