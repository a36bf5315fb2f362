"""Releases at GitHub: a draft until all files are there, and then the newest one.

https://docs.github.com/en/rest/releases/releases
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from retrain.ci.api import rest
from retrain.ci.api.retry import NotFoundError
from retrain.ci.github import calls

LATEST = {"make_latest": "true"}  # what is in production: also after a roll-back


def published(tag: str) -> str:
    """Return the address of a release, if it is published; it is shown as the newest one then."""
    try:
        found = calls.call("GET", f"releases/tags/{quote(tag, safe='')}")
    except NotFoundError:
        return ""
    calls.call("PATCH", f"releases/{int(found['id'])}", json=LATEST)
    return str(found["html_url"])


def publish(tag: str, title: str, notes: str, files: Sequence[Path]) -> str:
    for each in calls.pages("releases"):
        if each["tag_name"] == tag and each["draft"]:
            calls.call("DELETE", f"releases/{int(each['id'])}")
    asked = {"tag_name": tag, "name": title, "body": notes, "draft": True}
    made = calls.call("POST", "releases", json=asked)
    # https://uploads.github.com/…/assets{?name,label}
    place, _, path = made["upload_url"].partition("{")[0].rpartition("/")
    headers = calls.headers() | {"Content-Type": "application/octet-stream"}
    for file in files:
        sent = {"params": {"name": file.name}, "data": file.read_bytes()}
        rest.call("GitHub", "POST", place, path, headers, **sent)
    shown = calls.call("PATCH", f"releases/{int(made['id'])}", json={"draft": False, **LATEST})
    return str(shown["html_url"])


def announce(said: Mapping[str, object]) -> bool:
    """Start the workflows of this repository that listen."""
    calls.call("POST", "dispatches", json=said)
    return True
