"""What either forge's API shows of its settings: read only.

https://docs.github.com/en/rest/repos/rules and https://docs.gitlab.com/api/protected_branches/
"""

from fnmatch import fnmatchcase
from typing import Any

from tests.e2e.forge.routes import NOT_FOUND, Request, listed, route
from tests.e2e.forge.state import REPOSITORY, Reply, State

LISTED = ("id", "name", "target", "enforcement", "source_type")  # of a ruleset, in the list


@route("GET", r"/rules/branches/(.+)")
def rules_of_branch(request: Request, branch: str) -> Reply:
    """Show the active rules, also of a branch that is not there."""
    forge = request.forge
    rules = [
        {**rule, "ruleset_id": each["id"], "ruleset_source_type": "Repository"}
        for each in forge.settings.rulesets
        if (each["target"], each["enforcement"]) == ("branch", "active")
        and matches(each, branch, forge.default_branch())
        for rule in each["rules"]
    ]
    return listed(request, rules)


def matches(ruleset: dict[str, Any], branch: str, default: str) -> bool:
    names = ruleset["conditions"]["ref_name"]
    words = {"~ALL": "*", "~DEFAULT_BRANCH": default}
    included, excluded = (
        any(fnmatchcase(branch, words.get(each, each.removeprefix("refs/heads/"))) for each in kind)
        for kind in (names["include"], names["exclude"])
    )
    return included and not excluded


@route("GET", "/rulesets")
def list_rulesets(request: Request) -> Reply:
    rulesets = request.forge.settings.rulesets
    return listed(request, [{name: each[name] for name in LISTED} for each in rulesets])


@route("GET", r"/rulesets/(\d+)")
def get_ruleset(request: Request, identity: str) -> Reply:
    found = [each for each in request.forge.settings.rulesets if each["id"] == int(identity)]
    return Reply(200, found[0]) if found else NOT_FOUND


@route("GET", "/branches")
def list_branches(request: Request) -> Reply:
    forge = request.forge
    names = [
        name
        for name in forge.branches
        if request.query.get("protected") != "true" or name in forge.settings.contexts
    ]
    return listed(request, [{"name": name} for name in names])


@route("GET", r"/branches/(.+)")
def get_branch(request: Request, branch: str) -> Reply:
    forge = request.forge
    if branch not in forge.branches:
        return Reply(404, {"message": "Branch not found"})
    contexts = forge.settings.contexts.get(branch)
    checks = {"enforcement_level": "everyone" if contexts else "off", "contexts": contexts or []}
    protection = {"enabled": contexts is not None, "required_status_checks": checks}
    shown = {"name": branch, "protected": contexts is not None, "protection": protection}
    return Reply(200, shown)


@route("GET", r"/environments/(\w+)")
def get_environment(request: Request, name: str) -> Reply:
    environments = request.forge.settings.environments
    if name not in environments:
        return NOT_FOUND
    reviewed = name in request.forge.settings.reviewers
    rules = [{"type": "required_reviewers"}] if reviewed else []
    policy = {"deployment_branch_policy": environments[name], "protection_rules": rules}
    return Reply(200, {"name": name, **policy})


@route("GET", r"/environments/(\w+)/deployment-branch-policies")
def list_policies(request: Request, name: str) -> Reply:
    policies = request.forge.settings.policies.get(name, [])
    return Reply(200, {"total_count": len(policies), "branch_policies": policies})


@route("GET", r"(?:/environments/(\w+)|/actions)/secrets")
def list_secrets(request: Request, environment: str | None) -> Reply:
    names = request.forge.settings.secrets.get(environment or "", [])
    return Reply(200, {"total_count": len(names), "secrets": [{"name": name} for name in names]})


@route("GET", r"/actions/workflows/([\w.-]+)")
def get_workflow(request: Request, file: str) -> Reply:
    state = request.forge.settings.workflows.get(file)
    return Reply(200, {"path": f".github/workflows/{file}", "state": state}) if state else NOT_FOUND


@route("GET", "/pages")
def show_pages(request: Request) -> Reply:
    pages = request.forge.settings.pages
    return NOT_FOUND if pages is None else Reply(200, pages)


def of_gitlab(forge: State, inside: str) -> Any:
    """Return what GitLab shows below a project's address, or None: it has no such thing."""
    settings = forge.settings
    project = {"id": REPOSITORY, "default_branch": forge.default_branch(), **settings.project}
    return {
        "": project,
        "/protected_branches": settings.protected_branches,
        "/protected_tags": settings.protected_tags,
        "/variables": settings.variables,
        **{
            f"/protected_environments/{name}": {"name": name}
            for name in settings.protected_environments
        },
    }.get(inside)
