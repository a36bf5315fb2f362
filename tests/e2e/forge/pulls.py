"""The forge's API for pull requests."""

from typing import Any

from tests.e2e.forge.routes import NOT_FOUND, Request, invalid, listed, route
from tests.e2e.forge.state import BOT, REPOSITORY, Pull, Reply, State


@route("GET", "/pulls")
def list_pulls(request: Request) -> Reply:
    wanted = request.query.get("state", "open")
    base = request.query.get("base")
    owner, colon, branch = request.query.get("head", "").partition(":")
    found = [
        shown(request.forge, pull)
        for pull in newest_first(request.forge)
        if wanted in ("all", pull.state)
        and base in (None, pull.base)
        # GitHub heeds OWNER:BRANCH only, and lists everything for a branch alone
        and (not colon or (pull.owner, pull.branch) == (owner, branch))
    ]
    return listed(request, found)


@route("GET", r"/pulls/(\d+)")
def get_pull(request: Request, number: str) -> Reply:
    pull = request.forge.pulls.get(int(number))
    return Reply(200, shown(request.forge, pull)) if pull else NOT_FOUND


@route("GET", r"/commits/([^/]+)/pulls")
def pulls_of_commit(request: Request, sha: str) -> Reply:
    """List the pull requests that bring a commit; on GitHub too, never a fork's."""
    forge = request.forge
    found = [
        shown(forge, pull)
        for pull in newest_first(forge)
        if pull.owner == forge.owner
        and (pull.sha == sha or sha in forge.commits(f"refs/heads/{pull.base}", pull.sha))
    ]
    return listed(request, found)


@route("POST", "/pulls")
def create_pull(request: Request) -> Reply:
    forge, asked = request.forge, request.body or {}
    if not forge.may_open_pulls:
        message = "GitHub Actions is not permitted to create or approve pull requests."
        return Reply(403, {"message": message})
    for name in ("title", "head", "base"):
        if not asked.get(name):
            return invalid("PullRequest", code="missing_field", field=name)
    base, head = asked["base"], asked["head"].removeprefix(f"{forge.owner}:")
    for name, branch in (("head", head), ("base", base)):
        if branch not in forge.branches:
            return invalid("PullRequest", code="invalid", field=name)
    for pull in forge.pulls.values():
        if (pull.state, pull.owner, pull.branch) == ("open", forge.owner, head):
            message = f"A pull request already exists for {forge.owner}:{head}."
            return invalid("PullRequest", code="custom", message=message)
    if not forge.commits(f"refs/heads/{base}", f"refs/heads/{head}"):
        message = f"No commits between {base} and {head}"
        return invalid("PullRequest", code="custom", message=message)
    pull = forge.open_pull(
        head,
        owner=forge.owner,
        base=base,
        title=asked["title"],
        body=asked.get("body"),
        user=BOT,
    )
    forge.written.append(("open", pull.number))
    return Reply(201, shown(forge, pull))


@route("PATCH", r"/pulls/(\d+)")
def update_pull(request: Request, number: str) -> Reply:
    pull = request.forge.pulls.get(int(number))
    if pull is None:
        return NOT_FOUND
    changes = request.body or {}
    if changes.get("state", "open") not in ("open", "closed"):
        return invalid("PullRequest", code="invalid", field="state")
    request.forge.written.append((changes.get("state", "change"), pull.number))
    for name in ("title", "body", "state"):
        setattr(pull, name, changes.get(name, getattr(pull, name)))
    request.forge.refresh()
    return Reply(200, shown(request.forge, pull))


def newest_first(forge: State) -> list[Pull]:
    return sorted(forge.pulls.values(), key=lambda pull: pull.number, reverse=True)


def shown(forge: State, pull: Pull) -> dict[str, Any]:
    name = forge.slug.partition("/")[2]
    head = {
        "id": pull.repo_id,
        "full_name": f"{pull.owner}/{name}",
        "owner": {"login": pull.owner},
    }
    return {
        "number": pull.number,
        "state": pull.state,
        "html_url": f"{forge.url}/{forge.slug}/pull/{pull.number}",
        "title": pull.title,
        "body": pull.body,
        "user": {"login": pull.user},
        "head": {
            "ref": pull.branch,
            "sha": pull.sha,
            "label": f"{pull.owner}:{pull.branch}",
            "repo": None if pull.repo_id is None else head,
        },
        "base": {
            "ref": pull.base,
            "sha": forge.branches.get(pull.base, ""),
            "repo": {"id": REPOSITORY, "full_name": forge.slug},
        },
    }
