"""Releases at GitHub: a draft until all files are there, and then the newest one.

https://docs.github.com/en/rest/releases/releases
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from retrain.ci.api import archive, rest
from retrain.ci.api.retry import NotFoundError
from retrain.ci.github import calls

BYTES = "application/octet-stream"
LATEST = {"make_latest": "true"}  # what is in production: also after a roll-back


def sums(tag: str, names: Iterable[str]) -> dict[str, str] | None:
    """Return the SHA-256 of those files that a published release has; None: there is none."""
    try:
        assets = _published(tag)["assets"]
    except NotFoundError:
        return None
    places = {each["name"]: f"{calls.base()}/releases/assets/{int(each['id'])}" for each in assets}
    headers = calls.headers() | {"Accept": BYTES}
    return {name: archive.hashed(places[name], headers) for name in names if name in places}


def newest(tag: str) -> str:
    """Show a published release as the newest one, and return its address."""
    found = _published(tag)
    calls.call("PATCH", f"releases/{int(found['id'])}", json=LATEST)
    return str(found["html_url"])


def _published(tag: str) -> Any:
    return calls.call("GET", f"releases/tags/{quote(tag, safe='')}")


def publish(tag: str, title: str, notes: str, files: Sequence[Path]) -> str:
    for each in calls.pages("releases"):
        if each["tag_name"] == tag and each["draft"]:
            calls.call("DELETE", f"releases/{int(each['id'])}")
    asked = {"tag_name": tag, "name": title, "body": notes, "draft": True}
    made = calls.call("POST", "releases", json=asked)
    # https://uploads.github.com/…/assets{?name,label}
    place, _, path = made["upload_url"].partition("{")[0].rpartition("/")
    headers = calls.headers() | {"Content-Type": BYTES}
    for file in files:
        sent = {"params": {"name": file.name}, "data": file.read_bytes()}
        rest.call("GitHub", "POST", place, path, headers, **sent)
    shown = calls.call("PATCH", f"releases/{int(made['id'])}", json={"draft": False, **LATEST})
    return str(shown["html_url"])


def announce(said: Mapping[str, object]) -> bool:
    """Start the workflows of this repository that listen."""
    calls.call("POST", "dispatches", json=said)
    return True
