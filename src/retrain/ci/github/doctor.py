"""What of the set-up is missing at GitHub: read by its API, and never changed.

https://docs.github.com/en/rest/repos/rules
"""

import os
from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Any

from retrain.ci.doctor import form
from retrain.ci.doctor.patterns import fits_all, fits_some
from retrain.ci.doctor.reading import Checks, Repository
from retrain.ci.github import calls
from retrain.gate.policy import Policy
from retrain.paths import POLICY
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
KEPT = {"update", "deletion"}  # what is there stays as it is
TAG_RULES = {"creation", *KEPT}
REQUIRED = ("Plan", "Build", "Test (3.11)", "Test (3.13)")  # names of jobs
LANDING = "landing"  # the environment
SECRETS = {"RETRAIN_APP_ID", "RETRAIN_APP_KEY"}
FORM = (".github/workflows/deploy.yml", ("on", "workflow_dispatch", "inputs", "stage", "options"))
RULESETS = "Settings, Rules, Rulesets"
POLICIES = "repos/{{owner}}/{{repo}}/environments/{name}/deployment-branch-policies"


def repository(host: str, path: str) -> Repository:
    """Return what reads a repository by the forge's API; in a job, as its environment says."""
    api = os.environ.get("GITHUB_API_URL") if calls.repository() else _api(host)
    headers = calls.headers() if tokens.token() else calls.ACCEPT
    return Repository("GitHub", api or _api(host), f"repos/{calls.repository() or path}", headers)


def checks(found: Repository, artifact: str, policy: Policy) -> Checks:
    *earlier, last = policy.stages
    return {
        **of_line(found, BRANCH, artifact, policy),
        "default branch": partial(_default, found),
        "environment landing": partial(_environment, found, LANDING),
        "App secrets": partial(_secrets, found),
        **{f"environment {stage}": partial(_unapproved, found, stage) for stage in earlier},
        f"environment {last}": partial(_approved, found, last, policy.deploy.approvers),
        "deploy key": partial(_key, found, last),
        form.NAME: partial(form.lacking, *FORM, list(policy.stages)),
        **({"monitoring": partial(_monitoring, found)} if policy.monitored else {}),
        **({"pages": partial(_pages, found)} if policy.deploy.pages else {}),
    }


def of_line(found: Repository, branch: str, artifact: str, policy: Policy) -> Checks:
    """Return the checks of a line of versions: its record's branch, and its tags."""
    # without `#` at its end: NAME#STAGE and NAME#STAGE!#NUMBER are deployments too
    versions, stages = f"{artifact}@", [f"{artifact}#{stage}" for stage in policy.stages]
    return {
        "record branch": partial(_record, found, branch),
        "version tags": partial(_tags, found, versions),
        "deployment tags": partial(_deployments, found, versions, stages),
    }


def _api(host: str) -> str:
    if host == "github.com" or host.endswith(".ghe.com"):
        return f"https://api.{host}"
    return f"https://{host}/api/v3"  # GitHub Enterprise Server


def _record(found: Repository, branch: str) -> str:
    has = {rule["type"] for rule in found.every(f"rules/branches/{branch}")}
    return _add(set(WORDS) - has, f"the branch {branch}")


def _add(rules: set[str], names: str) -> str:
    words = [words for rule, words in WORDS.items() if rule in rules]
    return f"{RULESETS}: for {names}, {', '.join(words)} (docs/github.md, Rules)" if words else ""


def _tags(found: Repository, start: str) -> str:
    return _add(TAG_RULES - _rules(_for(found, start)), f"the tags {start}*")


def _deployments(found: Repository, versions: str, stages: Sequence[str]) -> str:
    """Say what is missing for the tags of stages; of the last one, no landing may make any."""
    *earlier, last = stages
    lacking = [
        *(_add(KEPT - _rules(_for(found, each)), f"the tags {each}*") for each in earlier),
        _add(TAG_RULES - _rules(_for(found, last)), f"the tags {last}*"),
    ]
    if any(lacking):
        return "; ".join(filter(None, lacking))
    creating = [each for each in _for(found, last) if "creation" in _rules([each])]
    for other in (versions, *earlier):
        if shared := [each["name"] for each in creating if each in _for(found, other)]:
            return (
                f"{RULESETS}: what lands could deploy, because {shared[0]!r} restricts creations "
                f"of {other}* and of {last}*; give {last}* one of its own, with its own bypass "
                "list (docs/github.md, Rules)"
            )
    return ""


@cache
def _of_tags(found: Repository) -> list[Any]:
    return [
        found.get(f"rulesets/{int(each['id'])}")  # the list itself has no conditions and no rules
        for each in found.every("rulesets")
        if each["target"] == "tag" and each["enforcement"] == "active"
    ]


def _for(found: Repository, start: str) -> list[Any]:
    """Return the rulesets for all the tags with this start of their name."""
    return [
        each
        for each in _of_tags(found)
        if any(fits_all(name, start) for name in _names(each, "include"))
        and not any(fits_some(name, start) for name in _names(each, "exclude"))
    ]


def _rules(rulesets: list[Any]) -> set[str]:
    return {rule["type"] for each in rulesets for rule in each["rules"]}


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


def _approved(found: Repository, name: str, approvers: Sequence[str]) -> str:
    """Say what is missing where a person approves: on GitHub, or by the policy."""
    if lacking := _environment(found, name):
        return lacking
    rules = found.get(f"environments/{name}").get("protection_rules", ())
    if approvers or any(rule["type"] == "required_reviewers" for rule in rules):
        return ""
    return (
        f"who may push can deploy: Settings, Environments, {name}, *Required reviewers*, where the "
        f"plan has them; or name accounts in {POLICY}: deploy.approvers"
    )


def _unapproved(found: Repository, name: str) -> str:
    """Say what is wrong where no person approves: there, a key would be for the last stage too."""
    if lacking := _environment(found, name):
        return lacking
    if tokens.PUSHER not in _named(found, f"environments/{name}/secrets"):
        return ""
    return (
        "this key could deploy to any stage, because rules let all deploy keys past or none: "
        f"gh secret delete --env {name} {tokens.PUSHER} (docs/github.md, Deploy)"
    )


def _environment(found: Repository, name: str) -> str:
    branch = found.default_branch
    environment = found.find(f"environments/{name}")
    if environment is None:
        return f"Settings, Environments: add `{name}`, and let only {branch} use it"
    policy = environment["deployment_branch_policy"]
    if policy is None:
        uses = {"any branch"}
    elif policy["protected_branches"]:
        uses = {each["name"] for each in found.every("branches", protected="true")}
    else:
        policies = found.get(f"environments/{name}/deployment-branch-policies", per_page=100)
        mark = {"tag": "the tag "}
        uses = {mark.get(each["type"], "") + each["name"] for each in policies["branch_policies"]}
    if uses == {branch}:
        return ""
    return (
        f"{', '.join(sorted(uses)) or 'no branch'} may use the environment, and only {branch} "
        f"should; Settings, Environments, {name}, *Deployment branches and tags*: Selected, "
        f"{branch}; or gh api {POLICIES.format(name=name)} -f name={branch}"
    )


def _secrets(found: Repository) -> str:
    if exposed := _exposed(found, LANDING, SECRETS):
        return exposed
    lacking = SECRETS - _named(found, f"environments/{LANDING}/secrets")
    if not lacking:
        return ""
    return (
        f"no rule lets a landing through without an App: gh secret set --env {LANDING}, for "
        f"{' and '.join(sorted(lacking))} (docs/github.md, Proposals)"
    )


def _key(found: Repository, stage: str) -> str:
    if exposed := _exposed(found, stage, {tokens.PUSHER}):
        return exposed
    if tokens.PUSHER in _named(found, f"environments/{stage}/secrets"):
        return ""
    return (
        f"no rule lets a deployment through without a key: gh secret set --env {stage} "
        f"{tokens.PUSHER} (docs/github.md, Deploy)"
    )


def _monitoring(found: Repository) -> str:
    """Say where GitHub has switched the schedule off: after 60 days without activity, in a fork."""
    state = (found.find("actions/workflows/monitor.yml") or {"state": "not there"})["state"]
    if state == "active":
        return ""
    return f"the workflow monitor is {state}, so no alarm is raised: gh workflow enable monitor.yml"


def _pages(found: Repository) -> str:
    if (found.find("pages") or {}).get("build_type") == "workflow":
        return ""
    return (
        f"{POLICY} publishes the pages, and GitHub does not take them: Settings, Pages, Source: "
        "GitHub Actions; or gh api --method POST repos/{owner}/{repo}/pages -f build_type=workflow"
    )


def _exposed(found: Repository, environment: str, names: set[str]) -> str:
    """Say which secrets are the repository's, and should be an environment's."""
    exposed = names & _named(found, "actions/secrets")
    if not exposed:
        return ""
    return (
        f"any branch can read {' and '.join(sorted(exposed))}: save them in the environment "
        f"{environment} (Settings, Environments), then gh secret delete NAME"
    )


def _named(found: Repository, path: str) -> set[str]:
    return {each["name"] for each in found.get(path, per_page=100)["secrets"]}
