"""Releases at GitLab: files of a generic package, and a release that links them.

https://docs.gitlab.com/api/releases/ and https://docs.gitlab.com/user/packages/generic_packages/
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from retrain.ci.api import archive
from retrain.ci.api.retry import NotFoundError
from retrain.ci.gitlab import calls

KIND = "generic"


def sums(tag: str, names: Iterable[str]) -> dict[str, str] | None:
    """Return the SHA-256 of those files that a release links in its package; None: there is none.

    A link can name any address, which gets no token.
    """
    try:
        links = {each["name"]: each["url"] for each in _found(tag)["assets"]["links"]}
    except NotFoundError:
        return None
    ours = {name: calls.url(_path(tag, name)) for name in names}
    headers = {"PRIVATE-TOKEN": calls.token()}
    return {
        name: archive.hashed(url, headers) for name, url in ours.items() if links.get(name) == url
    }


def newest(tag: str) -> str:
    """Return the address of a release; GitLab shows none as the newest one but by its time."""
    return str(_found(tag)["_links"]["self"])


def _found(tag: str) -> Any:
    return calls.call("GET", f"releases/{quote(tag, safe='')}")


def _path(tag: str, name: str) -> str:
    package, _, version = tag.rpartition("@")
    return f"packages/{KIND}/{quote(package, safe='')}/{version}/{quote(name)}"


def publish(tag: str, title: str, notes: str, files: Sequence[Path]) -> str:
    name, _, version = tag.rpartition("@")
    asked = {"package_type": KIND, "package_name": name, "package_version": version}
    for each in [*calls.pages("packages", **asked)]:
        if (each["name"], each["version"]) == (name, version):  # GitLab finds similar names too
            calls.call("DELETE", f"packages/{int(each['id'])}")
    links = []
    for file in files:
        path = _path(tag, file.name)
        calls.call("PUT", path, data=file.read_bytes())
        links.append({"name": file.name, "url": calls.url(path), "link_type": "package"})
    release = {"tag_name": tag, "name": title, "description": notes, "assets": {"links": links}}
    return str(calls.call("POST", "releases", json=release)["_links"]["self"])


def announce(said: Mapping[str, object]) -> bool:  # noqa: ARG001 (as GitHub's)
    """Return that nothing was done: GitLab has webhooks of the team's own alone."""
    return False
