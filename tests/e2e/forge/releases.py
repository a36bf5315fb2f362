"""Releases, the files that they hold, and what else hears of a deployment: at either forge.

https://docs.github.com/en/rest/releases and https://docs.gitlab.com/api/releases/
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.forge.routes import NOT_FOUND, Request, invalid, listed, route
from tests.e2e.forge.state import Reply, State

ASSETS = 100  # ids of a release's


@dataclass
class Release:
    """A release of either forge: `files` by their names."""

    id: int
    tag: str
    name: str
    notes: str
    draft: bool = False
    latest: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    links: list[dict[str, str]] = field(default_factory=list)  # GitLab's

    def sums(self) -> dict[str, str]:
        return {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}


def shown(forge: State, release: Release) -> dict[str, Any]:
    address = f"/repos/{forge.slug}/releases/{release.id}/assets"
    return {
        "id": release.id,
        "tag_name": release.tag,
        "name": release.name,
        "body": release.notes,
        "draft": release.draft,
        "html_url": f"{forge.url}/{forge.slug}/releases/tag/{release.tag}",
        "upload_url": f"{forge.url}/uploads{address}{{?name,label}}",
        "assets": [
            {"id": ASSETS * release.id + place, "name": name, "state": "uploaded"}
            for place, name in enumerate(release.files)
        ],
    }


def has_tag(forge: State, tag: str) -> bool:
    return not forge.git("rev-parse", "--verify", "--quiet", f"refs/tags/{tag}").returncode


@route("GET", "/releases")
def list_releases(request: Request) -> Reply:
    return listed(request, [shown(request.forge, each) for each in request.forge.releases])


@route("GET", r"/releases/tags/(.+)")
def get_release(request: Request, tag: str) -> Reply:
    # GitHub finds no draft by its tag
    found = [each for each in request.forge.releases if each.tag == tag and not each.draft]
    return Reply(200, shown(request.forge, found[0])) if found else NOT_FOUND


@route("POST", "/releases")
def create_release(request: Request) -> Reply:
    forge, body = request.forge, request.body
    tag = body["tag_name"]
    if not has_tag(forge, tag):  # GitHub would make one
        return invalid("Release", code="custom", field="tag_name")
    made = Release(forge.next_release(), tag, body["name"], body["body"], body.get("draft", False))
    forge.releases.append(made)
    return Reply(201, shown(forge, made))


@route("PATCH", r"/releases/(\d+)")
def update_release(request: Request, identity: str) -> Reply:
    for each in request.forge.releases:
        if each.id == int(identity):
            each.draft = request.body.get("draft", each.draft)
            if request.body.get("make_latest") == "true":
                for other in request.forge.releases:
                    other.latest = other is each
            return Reply(200, shown(request.forge, each))
    return NOT_FOUND


@route("DELETE", r"/releases/(\d+)")
def delete_release(request: Request, identity: str) -> Reply:
    kept = [each for each in request.forge.releases if each.id != int(identity)]
    request.forge.releases[:] = kept
    return Reply(204)


@route("POST", r"/releases/(\d+)/assets")
def upload_asset(request: Request, identity: str) -> Reply:
    (release,) = (each for each in request.forge.releases if each.id == int(identity))
    name = request.query["name"]
    if name in release.files:
        return invalid("ReleaseAsset", code="already_exists", field="name")
    if not release.draft:
        return Reply(422, {"message": "Cannot upload assets to an immutable release."})
    release.files[name] = request.body
    return Reply(201, {"name": name, "state": "uploaded"})


@route("GET", r"/releases/assets/(\d+)")
def get_asset(request: Request, identity: str) -> Reply:
    """Send to where it is stored, as GitHub does."""
    number, place = divmod(int(identity), ASSETS)
    (release,) = (each for each in request.forge.releases if each.id == number)
    request.forge.stored[int(identity)] = [*release.files.values()][place]
    return Reply(302, None, {"Location": f"{request.forge.url}/stored/{identity}"})


# GitLab's: files first, as those of a package, then a release that links them


def list_packages(forge: State, given: dict[str, Any]) -> Reply:
    wanted = given.get("package_name", "")
    found = [
        {"id": number, "name": name, "version": version, "package_type": "generic"}
        for number, (name, version) in enumerate(forge.packages, 1)
        if wanted in name
    ]
    return Reply(200, found)


def delete_package(forge: State, _: dict[str, Any], number: int) -> Reply:
    del forge.packages[list(forge.packages)[number - 1]]
    return Reply(204)


def put_file(forge: State, given: dict[str, Any], name: str, version: str, file: str) -> Reply:
    files = forge.packages.setdefault((name, version), {})
    if file in files:
        return Reply(400, {"message": "Duplicate package is not allowed"})
    files[file] = given["content"]
    return Reply(201, {"message": "201 Created"})


def get_file(forge: State, _: dict[str, Any], name: str, version: str, file: str) -> Reply:
    found = forge.packages.get((name, version), {}).get(file)
    return Reply(404, {"message": "404 Not Found"}) if found is None else Reply(200, found)


def get_gitlab_release(forge: State, _: dict[str, Any], tag: str) -> Reply:
    found = [each for each in forge.releases if each.tag == tag]
    return Reply(200, linked(forge, tag)) if found else Reply(404, {"message": "404 Not Found"})


def create_gitlab_release(forge: State, given: dict[str, Any]) -> Reply:
    tag = given["tag_name"]
    if not has_tag(forge, tag):
        return Reply(422, {"message": "Ref is not specified"})
    if any(each.tag == tag for each in forge.releases):
        return Reply(409, {"message": "Release already exists"})
    files = forge.packages[tuple(tag.split("@"))]
    linked_names = [link["url"].rpartition("/")[2] for link in given["assets"]["links"]]
    release = Release(forge.next_release(), tag, given["name"], given["description"])
    release.files = {name: files[name] for name in linked_names}
    release.links = given["assets"]["links"]
    forge.releases.append(release)
    return Reply(201, linked(forge, tag))


def linked(forge: State, tag: str) -> dict[str, Any]:
    (release,) = (each for each in forge.releases if each.tag == tag)
    return {
        "tag_name": tag,
        "_links": {"self": f"{forge.url}/{forge.slug}/-/releases/{tag}"},
        "assets": {"links": release.links},
    }


TAG, FILE = r"releases/([^/]+)", r"packages/generic/([^/]+)/([^/]+)/([^/]+)"
OF_GITLAB: list[tuple[str, str, Callable[..., Reply]]] = [
    ("GET", "packages", list_packages),
    ("DELETE", r"packages/(\d+)", delete_package),
    ("PUT", FILE, put_file),
    ("GET", FILE, get_file),
    ("GET", TAG, get_gitlab_release),
    ("POST", "releases", create_gitlab_release),
]
