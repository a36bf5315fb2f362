"""What of the set-up is missing at GitHub: read by its API, and never changed.

https://docs.github.com/en/rest/repos/rules
"""

import os
from collections.abc import Iterator
from functools import partial
from typing import Any

from retrain.ci.doctor.patterns import fits_all, fits_some
from retrain.ci.doctor.reading import Checks, Repository
from retrain.ci.github import calls
from retrain.repo import tokens
from retrain.repo.record import BRANCH

HOST = r"github|\.ghe\.com$"
SERVER = "GH_HOST"
WORDS = {
    "creation": "restrict creations",
    "update": "restrict updates",
    "deletion": "restrict deletions",
    "non_fast_forward": "block force pushes",
}
TAG_RULES = {"creation", "update", "deletion"}
REQUIRED = ("Plan", "Build", "Test (3.11)", "Test (3.13)")  # names of jobs
ENVIRONMENT = "environments/landing"
SECRETS = {"RETRAIN_APP_ID", "RETRAIN_APP_KEY"}
RULESETS = "Settings, Rules, Rulesets"
POLICIES = "repos/{owner}/{repo}/environments/landing/deployment-branch-policies"


def repository(host: str, path: str) -> Repository:
    """Return what reads a repository by the forge's API; in a job, as its environment says."""
    api = os.environ.get("GITHUB_API_URL") if calls.repository() else _api(host)
    headers = calls.headers() if tokens.token() else calls.ACCEPT
    return Repository("GitHub", api or _api(host), f"repos/{calls.repository() or path}", headers)


def checks(found: Repository, artifact: str) -> Checks:
    return {
        "record branch": partial(_record, found),
        "version tags": partial(_tags, found, artifact),
        "default branch": partial(_default, found),
        "environment landing": partial(_environment, found),
        "App secrets": partial(_secrets, found),
    }


def _api(host: str) -> str:
    if host == "github.com" or host.endswith(".ghe.com"):
        return f"https://api.{host}"
    return f"https://{host}/api/v3"  # GitHub Enterprise Server


def _record(found: Repository) -> str:
    has = {rule["type"] for rule in found.every(f"rules/branches/{BRANCH}")}
    return _add(set(WORDS) - has, f"the branch {BRANCH}")


def _add(rules: set[str], names: str) -> str:
    words = [words for rule, words in WORDS.items() if rule in rules]
    return f"{RULESETS}: for {names}, {', '.join(words)} (docs/github.md, Rules)" if words else ""


def _tags(found: Repository, artifact: str) -> str:
    active = [
        found.get(f"rulesets/{int(each['id'])}")  # the list itself has no conditions and no rules
        for each in found.every("rulesets")
        if each["target"] == "tag" and each["enforcement"] == "active"
    ]
    held = _rules(active, f"{artifact}@") & _rules(active, f"{artifact}#")
    return _add(TAG_RULES - held, f"the tags {artifact}@* and {artifact}#*")


def _rules(rulesets: list[Any], start: str) -> set[str]:
    """Return the rules for all the tags with this start of their name."""
    return {
        rule["type"]
        for each in rulesets
        if any(fits_all(name, start) for name in _names(each, "include"))
        and not any(fits_some(name, start) for name in _names(each, "exclude"))
        for rule in each["rules"]
    }


def _names(ruleset: Any, kind: str) -> Iterator[str]:
    for ref in ruleset["conditions"]["ref_name"][kind]:
        # **/ is any folder, none too
        yield "*" if ref == "~ALL" else ref.removeprefix("refs/tags/").removeprefix("**/")


def _default(found: Repository) -> str:
    branch = found.default_branch
    has = {
        check["context"]
        for rule in found.every(f"rules/branches/{branch}")
        if rule["type"] == "required_status_checks"
        for check in rule["parameters"]["required_status_checks"]
    }
    if not has.issuperset(REQUIRED):
        older = found.get(f"branches/{branch}").get("protection") or {}  # a rule of the older kind
        has |= set((older.get("required_status_checks") or {}).get("contexts", ()))
    lacking = [name for name in REQUIRED if name not in has]
    if not lacking:
        return ""
    return (
        f"{branch} can be merged into without the checks {', '.join(lacking)}, also what the gate "
        f"blocks; to change that: {RULESETS}, *Require status checks to pass*"
    )


def _environment(found: Repository) -> str:
    branch = found.default_branch
    environment = found.find(ENVIRONMENT)
    if environment is None:
        return f"Settings, Environments: add `landing`, and let only {branch} use it"
    policy = environment["deployment_branch_policy"]
    if policy is None:
        uses = {"any branch"}
    elif policy["protected_branches"]:
        uses = {each["name"] for each in found.every("branches", protected="true")}
    else:
        policies = found.get(f"{ENVIRONMENT}/deployment-branch-policies", per_page=100)
        mark = {"tag": "the tag "}
        uses = {mark.get(each["type"], "") + each["name"] for each in policies["branch_policies"]}
    if uses == {branch}:
        return ""
    return (
        f"{', '.join(sorted(uses)) or 'no branch'} may use the environment, and only {branch} "
        "should; Settings, Environments, landing, *Deployment branches and tags*: Selected, "
        f"{branch}; or gh api {POLICIES} -f name={branch}"
    )


def _secrets(found: Repository) -> str:
    exposed = SECRETS & _named(found, "actions/secrets")
    if exposed:
        return (
            f"any branch can read {' and '.join(sorted(exposed))}: save them in the environment "
            "landing (Settings, Environments), then gh secret delete NAME"
        )
    lacking = SECRETS - _named(found, f"{ENVIRONMENT}/secrets")
    if not lacking:
        return ""
    return (
        f"no rule lets a landing through without an App: gh secret set --env landing, for "
        f"{' and '.join(sorted(lacking))} (docs/github.md, Proposals)"
    )


def _named(found: Repository, path: str) -> set[str]:
    return {each["name"] for each in found.get(path, per_page=100)["secrets"]}
