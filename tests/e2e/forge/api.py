"""The forge's API: how a request is answered; and comments, artifacts and branches."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.e2e.forge import (
    faults,
    pulls,  # noqa: F401 (for its routes)
    releases,  # noqa: F401 (the same)
    rules,  # noqa: F401 (the same)
    runs,  # noqa: F401 (the same)
)
from tests.e2e.forge.routes import NOT_FOUND, Request, invalid, listed, match, route
from tests.e2e.forge.state import REPOSITORY, Comment, Reply, State

LONGEST = 65_536  # characters that a comment may have


def answer(
    forge: State, method: str, path: str, query: str, authorization: str, sent: bytes
) -> Reply:
    """Answer one request, and record it."""
    path = unquote(path.removeprefix("/api/v3"))
    is_file, path = path.startswith("/uploads/"), path.removeprefix("/uploads")
    here = re.fullmatch(rf"/repos/{re.escape(forge.slug)}(/.*)?", path)
    inside = (here[1] or "") if here else path
    try:
        body = sent if is_file else json.loads(sent) if sent else None
    except ValueError:
        return Reply(400, {"message": "Problems parsing JSON"})
    asked = inside + (f"?{query}" if query else "")
    with forge.lock:
        forge.requests.append((method, asked, body))
        if forge.app_token and authorization.endswith(forge.app_token):
            forge.as_app.append((method, asked))
        if fault := faults.before(forge, method, asked):
            return fault
        if archive := re.fullmatch(r"/stored/(\d+)", path):  # its address is signed
            known = not authorization and forge.stored.get(int(archive[1]))
            return Reply(200, known) if known else Reply(400, {"message": "Bad request"})
        if path == "/meta":
            return Reply(200, {"ssh_keys": forge.ssh_keys})
        if not forge.accepts(authorization, "bearer", "token", "basic"):
            return Reply(401, {"message": "Bad credentials"})
        if forge.forbidden and method != "GET":
            return Reply(403, {"message": "Resource not accessible by integration"})
        forge.refresh()
        found = match(method, inside) if here else None
        if found is None:
            return NOT_FOUND
        function, words = found
        reply = function(Request(forge, inside, dict(parse_qsl(query)), body), *words)
        return faults.after(forge, method, asked, reply)


@route("GET", "")
def repository(request: Request) -> Reply:
    forge = request.forge
    return Reply(
        200,
        {
            "id": REPOSITORY,
            "full_name": forge.slug,
            "default_branch": forge.default_branch(),
            "private": forge.private,
        },
    )


@route("GET", r"/issues/(\d+)/comments")
def list_comments(request: Request, number: str) -> Reply:
    if int(number) not in request.forge.pulls:
        return NOT_FOUND
    comments = request.forge.comments.get(int(number), [])
    return listed(request, [shown(request, number, comment) for comment in comments])


@route("POST", r"/issues/(\d+)/comments")
def create_comment(request: Request, number: str) -> Reply:
    forge = request.forge
    if int(number) not in forge.pulls:
        return NOT_FOUND
    if refusal := refused(request):
        return refusal
    taken = [comment.id for comments in forge.comments.values() for comment in comments]
    comment = Comment(max(taken, default=0) + 1, request.body["body"])
    forge.comments.setdefault(int(number), []).append(comment)
    forge.written.append(("comment", int(number)))
    return Reply(201, shown(request, number, comment))


@route("PATCH", r"/issues/comments/(\d+)")
def update_comment(request: Request, identity: str) -> Reply:
    for number, comments in request.forge.comments.items():
        for comment in comments:
            if comment.id == int(identity):
                if refusal := refused(request):
                    return refusal
                comment.body = request.body["body"]
                request.forge.written.append(("edit", number))
                return Reply(200, shown(request, number, comment))
    return NOT_FOUND


@route("DELETE", r"/issues/comments/(\d+)")
def delete_comment(request: Request, identity: str) -> Reply:
    for number, comments in request.forge.comments.items():
        for comment in comments:
            if comment.id == int(identity):
                comments.remove(comment)
                request.forge.written.append(("remove", number))
                return Reply(204)
    return NOT_FOUND


def refused(request: Request) -> Reply | None:
    """Return GitHub's answer to a comment that it does not take."""
    text = (request.body or {}).get("body")
    if not text:
        return invalid("IssueComment", code="missing_field", field="body")
    if len(text) > LONGEST:
        message = f"Body is too long (maximum is {LONGEST} characters)"
        return invalid("IssueComment", code="unprocessable", field="data", message=message)
    return None


def shown(request: Request, number: str | int, comment: Comment) -> dict[str, Any]:
    forge = request.forge
    return {
        "id": comment.id,
        "body": comment.body,
        "user": {"login": comment.user},
        "html_url": f"{forge.url}/{forge.slug}/pull/{number}#issuecomment-{comment.id}",
        "issue_url": f"{forge.api}/repos/{forge.slug}/issues/{number}",
    }


@route("GET", r"/actions/runs/(\d+)/artifacts")
def list_artifacts(request: Request, run: str) -> Reply:
    name = request.query.get("name")
    artifacts = [
        {
            "id": artifact.id,
            "name": artifact.name,
            "size_in_bytes": artifact.size_in_bytes,
            "expired": artifact.expired,
            "created_at": artifact.created_at,
            "workflow_run": {"id": int(run), "head_sha": artifact.head_sha},
        }
        for artifact in request.forge.artifacts.get(int(run), [])
        if name in (None, artifact.name)
    ]
    reply = listed(request, artifacts)
    reply.body = {"total_count": len(artifacts), "artifacts": reply.body}
    return reply


@route("GET", r"/actions/artifacts/(\d+)/zip")
def download_artifact(request: Request, identity: str) -> Reply:
    if int(identity) not in request.forge.stored:
        return Reply(410, {"message": "Artifact has expired"})
    return Reply(302, None, {"Location": f"{request.forge.url}/stored/{identity}?signature=x"})


@route("DELETE", r"/git/refs/heads/(.+)")
def delete_branch(request: Request, branch: str) -> Reply:
    if branch not in request.forge.branches:
        return Reply(422, {"message": "Reference does not exist"})
    request.forge.git("update-ref", "-d", f"refs/heads/{branch}")
    request.forge.refresh()
    return Reply(204)
