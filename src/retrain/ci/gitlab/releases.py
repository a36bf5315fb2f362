"""Releases at GitLab: files of a generic package, and a release that links them.

https://docs.gitlab.com/api/releases/ and https://docs.gitlab.com/user/packages/generic_packages/
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from retrain.ci.api.retry import NotFoundError
from retrain.ci.gitlab import calls

KIND = "generic"


def published(tag: str) -> str:
    """Return the address of a release, if there is one."""
    try:
        return str(calls.call("GET", f"releases/{quote(tag, safe='')}")["_links"]["self"])
    except NotFoundError:
        return ""


def publish(tag: str, title: str, notes: str, files: Sequence[Path]) -> str:
    name, _, version = tag.rpartition("@")
    asked = {"package_type": KIND, "package_name": name, "package_version": version}
    for each in [*calls.pages("packages", **asked)]:
        if (each["name"], each["version"]) == (name, version):  # GitLab finds similar names too
            calls.call("DELETE", f"packages/{int(each['id'])}")
    links = []
    for file in files:
        path = f"packages/{KIND}/{quote(name, safe='')}/{version}/{quote(file.name)}"
        calls.call("PUT", path, data=file.read_bytes())
        links.append({"name": file.name, "url": calls.url(path), "link_type": "package"})
    release = {"tag_name": tag, "name": title, "description": notes, "assets": {"links": links}}
    return str(calls.call("POST", "releases", json=release)["_links"]["self"])


def announce(said: Mapping[str, object]) -> bool:  # noqa: ARG001 (as GitHub's)
    """Return that nothing was done: GitLab has webhooks of the team's own alone."""
    return False
