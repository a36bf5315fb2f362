"""The forge as GitLab: the same repository and changes, by GitLab's API.

https://docs.gitlab.com/api/merge_requests/ and https://docs.gitlab.com/api/notes/
"""

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote
from zipfile import ZIP_DEFLATED, ZipFile

from tests.e2e.forge import faults, releases, rules, runs
from tests.e2e.forge.state import BOT, REPOSITORY, Comment, Pull, Reply, State

US, STRANGER = 7, 99  # users
VERSION = "18.6.0"
PULL, NOTES = r"merge_requests/(\d+)", r"merge_requests/(\d+)/notes"
STATES = {"opened": "open", "closed": "closed", "merged": "merged"}
Answer = Callable[..., Reply]
Sent = dict[str, Any]


def answer(forge: State, method: str, path: str, query: str, token: str, sent: bytes) -> Reply:
    """Answer one request, and record it: its path as it stands below /projects/ID."""
    path = path.removeprefix("/api/v4")
    here = re.match(
        rf"/projects/({REPOSITORY}|{re.escape(forge.slug.replace('/', '%2F'))})(?=/|$)", path
    )
    inside = path[here.end() :] if here else path
    is_file = method == "PUT" and "/packages/generic/" in inside
    body = {"content": sent} if is_file else parsed(sent)
    asked = unquote(inside) + (f"?{query}" if query else "")
    with forge.lock:
        forge.requests.append((method, asked, None if is_file else body or None))
        if fault := faults.before(forge, method, asked):
            return fault
        if reply := of_jobs(forge, path, inside, token, {**dict(parse_qsl(query)), **body}):
            return reply
        reads = token in forge.readers and (method, inside) == ("GET", "/merge_requests")
        if not (reads or token in {forge.token, *forge.commenters, *forge.lookers}):
            return refusal(401, "401 Unauthorized")
        commenting = inside.endswith("/notes") or "/notes/" in inside
        if method != "GET" and (forge.forbidden or not (token == forge.token or commenting)):
            return refusal(403, "403 Forbidden")
        forge.refresh()
        if path == "/version":
            return Reply(200, {"version": VERSION})
        if path == "/user":
            return Reply(200, {"id": US, "username": BOT})
        for verb, pattern, function in ROUTES:
            found = re.fullmatch(f"/{pattern}", inside) if here and verb == method else None
            if found:
                given = {**dict(parse_qsl(query)), **body}
                words = (int(word) if word.isdigit() else unquote(word) for word in found.groups())
                reply = function(forge, given, *words)
                return faults.after(forge, method, asked, reply)
        if here and method == "GET" and (settings := rules.of_gitlab(forge, inside)) is not None:
            given = dict(parse_qsl(query))
            return page(given, settings) if isinstance(settings, list) else Reply(200, settings)
    return refusal(404, "404 Not Found")


def of_jobs(forge: State, path: str, inside: str, token: str, given: Sent) -> Reply | None:
    """Answer what a token may ask that may ask nothing else; None: it is another request."""
    if path == "/job" and token in forge.readers:
        return Reply(200, running(forge))
    # this one carries its own
    return runs.trigger(forge, given) if inside == "/trigger/pipeline" else None


def parsed(sent: bytes) -> Sent:
    """Return what was sent as JSON or as a form: GitLab takes both."""
    text = sent.decode()
    return dict(json.loads(text)) if text.startswith("{") else dict(parse_qsl(text, True))


def refusal(status: int, message: object) -> Reply:
    return Reply(status, {"message": message})


def page(given: Sent, items: list[dict[str, Any]]) -> Reply:
    size = min(int(given.get("per_page", 20)), 100)
    start = (int(given.get("page", 1)) - 1) * size
    return Reply(200, items[start : start + size])


def list_requests(forge: State, given: Sent) -> Reply:
    wanted = given.get("state", "all")
    newest_first = sorted(forge.pulls.values(), key=lambda pull: -pull.number)
    found = [each for each in newest_first if wanted == "all" or STATES[wanted] == each.state]
    return page(given, [shown(forge, each) for each in found])


def get_request(forge: State, _: Sent, number: int) -> Reply:
    pull = forge.pulls.get(number)
    return Reply(200, shown(forge, pull)) if pull else refusal(404, "404 Not found")


def create_request(forge: State, given: Sent) -> Reply:
    source, target = given["source_branch"], given["target_branch"]
    if not forge.may_open_pulls:
        return refusal(403, "403 Forbidden")
    for pull in forge.pulls.values():
        if (pull.state, pull.owner, pull.branch) == ("open", forge.owner, source):
            said = (
                f"Another open merge request already exists for this source branch: !{pull.number}"
            )
            return refusal(409, [said])
    if source not in forge.branches or target not in forge.branches:
        return refusal(400, {"base": ["branch does not exist"]})
    pull = forge.open_pull(
        source,
        owner=forge.owner,
        base=target,
        title=given["title"],
        body=given.get("description"),
        user=BOT,
    )
    forge.written.append(("open", pull.number))
    return Reply(201, shown(forge, pull))


def update_request(forge: State, given: Sent, number: int) -> Reply:
    pull = forge.pulls[number]
    if given.get("state_event") != "close":
        return refusal(400, "state_event does not have a valid value")
    pull.state = "closed"
    forge.written.append(("closed", number))
    return Reply(200, shown(forge, pull))


def list_notes(forge: State, given: Sent, number: int) -> Reply:
    """List them as GitLab does by default: the newest first."""
    newest_first = reversed(forge.comments.get(number, []))
    return page(given, [note(each) for each in newest_first])


def create_note(forge: State, given: Sent, number: int) -> Reply:
    if number not in forge.pulls:
        return refusal(404, "404 Not found")
    if not given.get("body"):
        return refusal(400, {"note": ["can't be blank"]})
    taken = [comment.id for comments in forge.comments.values() for comment in comments]
    comment = Comment(max(taken, default=0) + 1, given["body"])
    forge.comments.setdefault(number, []).append(comment)
    forge.written.append(("comment", number))
    return Reply(201, note(comment))


def update_note(forge: State, given: Sent, number: int, identity: int) -> Reply:
    comment = next((each for each in forge.comments[number] if each.id == identity), None)
    if comment is None:
        return refusal(404, "404 Not Found")
    if comment.user != BOT:
        return refusal(403, "403 Forbidden")
    comment.body = given["body"]
    forge.written.append(("edit", number))
    return Reply(200, note(comment))


def delete_note(forge: State, _: Sent, number: int, identity: int) -> Reply:
    kept = [each for each in forge.comments[number] if each.id != identity]
    if len(kept) == len(forge.comments[number]):
        return refusal(404, "404 Not Found")
    forge.comments[number] = kept
    forge.written.append(("remove", number))
    return Reply(204)


def running(forge: State) -> dict[str, Any]:
    """Show the job that asks, as GitLab does."""
    ref, pipeline = forge.running["ref"], forge.running["pipeline"]
    return {
        "id": 1,
        "ref": ref,
        "tag": False,
        "pipeline": {"id": pipeline, "project_id": REPOSITORY, "ref": ref, "status": "running"},
        "user": {"id": US, "username": forge.running["user"]},
        "web_url": f"{forge.url}/{forge.slug}/-/jobs/1",
    }


def list_jobs(forge: State, given: Sent, pipeline: int) -> Reply:
    jobs = runs.jobs_of(forge, pipeline)
    return page(given, forge.jobs.get(pipeline, []) if jobs is None else jobs)


def get_artifacts(forge: State, _: Sent, job: int) -> Reply:
    if job in forge.left:
        forge.stored[job] = zipped(forge.left[job])
    if job not in forge.stored:
        return refusal(404, "404 Not Found")
    return Reply(200, forge.stored[job])


def get_artifact(forge: State, _: Sent, job: int, path: str) -> Reply:
    file = forge.left.get(job, forge.repository) / path
    return Reply(200, file.read_bytes()) if file.is_file() else refusal(404, "404 Not Found")


def zipped(folder: Path) -> bytes:
    """Return an archive of a folder."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as opened:
        for file in folder.rglob("*"):
            opened.write(file, file.relative_to(folder))
    return archive.getvalue()


def note(comment: Comment) -> dict[str, Any]:
    author = {"id": US if comment.user == BOT else STRANGER, "username": comment.user}
    return {"id": comment.id, "body": comment.body, "author": author, "system": False}


def shown(forge: State, pull: Pull) -> dict[str, Any]:
    return {
        "iid": pull.number,
        "state": next(name for name, state in STATES.items() if state == pull.state),
        "web_url": f"{forge.url}/{forge.slug}/-/merge_requests/{pull.number}",
        "title": pull.title,
        "description": pull.body,
        "source_branch": pull.branch,
        "target_branch": pull.base,
        "source_project_id": pull.repo_id,
        "project_id": REPOSITORY,
        "sha": pull.sha,
    }


ROUTES: list[tuple[str, str, Answer]] = [
    ("GET", "merge_requests", list_requests),
    ("POST", "merge_requests", create_request),
    ("GET", PULL, get_request),
    ("PUT", PULL, update_request),
    ("GET", NOTES, list_notes),
    ("POST", NOTES, create_note),
    ("PUT", rf"{NOTES}/(\d+)", update_note),
    ("DELETE", rf"{NOTES}/(\d+)", delete_note),
    ("GET", r"pipelines/(\d+)/jobs", list_jobs),
    ("GET", r"jobs/(\d+)/artifacts", get_artifacts),
    ("GET", r"jobs/(\d+)/artifacts/(.+)", get_artifact),
    *releases.OF_GITLAB,
    *runs.OF_GITLAB,
]
