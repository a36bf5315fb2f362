"""What the stand-in for CML knows of each forge: where it asks what, in the order of the real one."""

import json
import os
import re
import ssl
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

ENV = os.environ


class CMLError(Exception):
    """What CML ends with: a line of JSON, and exit code 1."""


def ask(method: str, address: str, headers: dict[str, str], data: bytes | None) -> Any:
    request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310
    context = ssl.create_default_context(cafile=ENV.get("NODE_EXTRA_CA_CERTS"))
    with urllib.request.urlopen(request, context=context, timeout=60) as said:  # noqa: S310
        return json.load(said)


def reason(text: str) -> str:
    """Return what CML makes of GitHub's refusal: of a page, all of it."""
    try:
        refusal = json.loads(text)
    except ValueError:
        return text
    errors = [json.dumps(each, separators=(",", ":")) for each in refusal.get("errors", [])]
    return str(refusal["message"]) + (f": {', '.join(errors)}" if errors else "")


def throttled(error: urllib.error.HTTPError, text: str) -> int:
    """Return how long CML waits for a limit of GitHub's to end; measured with the real one."""
    if error.code == 403 and "secondary rate" in text:
        return 120 + max(5, int(error.headers.get("Retry-After") or 0))
    if error.code == 403 and error.headers.get("x-ratelimit-remaining") == "0":
        return 30 + max(0, int(error.headers["x-ratelimit-reset"]) - int(time.time()))
    return 0


class GitHub:
    """Comments are read oldest first, of the first page only."""

    needed = ("GITHUB_ACTOR", "GITHUB_REF", "GITHUB_REPOSITORY", "GITHUB_SERVER_URL", "GITHUB_SHA")

    def __init__(self) -> None:
        self.sha = ENV.get("GITHUB_SHA", "")

    def track(self) -> None:
        """Ask who this is, for the telemetry, though that is switched off."""
        with suppress(CMLError):
            self.call("GET", f"/users/{ENV['GITHUB_ACTOR']}")

    def call(self, method: str, path: str, body: object = None) -> Any:
        url = urlsplit(ENV["CML_REPO"])
        inside = "" if path.startswith("/users/") else f"/repos{url.path}"
        address = f"{url.scheme}://{url.netloc}/api/v3{inside}{path}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {ENV['REPO_TOKEN']}"}
        try:
            return ask(method, address, headers | {"Content-Type": "application/json"}, data)
        except urllib.error.HTTPError as error:
            text = error.read().decode()
            if seconds := throttled(error, text):
                print(f"Retrying because of a limit in {seconds} seconds", file=sys.stderr)
                time.sleep(seconds)
                return self.call(method, path, body)
            raise CMLError(reason(text)) from error

    def comments(self, number: str) -> list[Any]:
        return list(self.call("GET", f"/issues/{number}/comments"))

    def write(self, number: str, identity: int | None, text: str) -> str:
        method, path = ("POST", f"/issues/{number}/comments")
        if identity is not None:
            method, path = ("PATCH", f"/issues/comments/{identity}")
        return str(self.call(method, path, {"body": text})["html_url"])

    def opened(self) -> list[tuple[str, str, str]]:
        """Return branch, base and address of those that are open."""
        found = self.call("GET", "/pulls?state=open")
        return [(each["head"]["ref"], each["base"]["ref"], each["html_url"]) for each in found]

    def create(self, source: str, target: str, title: str, body: str) -> str:
        asked = {"head": source, "base": target, "title": title, "body": body}
        return str(self.call("POST", "/pulls", asked)["html_url"])


class GitLab:
    """Comments are read newest first, of the first page only."""

    needed = ("CI_PROJECT_URL", "CI_PIPELINE_ID", "CI_JOB_ID", "CI_COMMIT_SHA")

    def __init__(self) -> None:
        self.sha = ENV.get("CI_COMMIT_SHA", "")
        self.base = ""

    def track(self) -> None:
        """Ask nothing."""

    def found(self) -> str:
        """Return GitLab's own address: the part of the project's below which the API answers."""
        url = urlsplit(ENV["CML_REPO"])
        parts = [part for part in url.path.split("/") if part]
        bases = ["/".join([f"{url.scheme}://{url.netloc}", *parts[:n]]) for n in range(len(parts))]
        refused: list[CMLError] = []
        for base in [] if self.base else bases:
            try:
                self.ask("GET", f"{base}/api/v4/version")
                self.base = self.base or base
            except CMLError as error:
                refused.append(error)
        if not self.base:
            raise refused[0]
        return self.base

    def ask(self, method: str, address: str, **body: str) -> Any:
        data = urlencode(body).encode() if body else None
        try:
            return ask(method, address, {"PRIVATE-TOKEN": ENV["REPO_TOKEN"]}, data)
        except urllib.error.HTTPError as error:
            raise CMLError(error.reason) from error

    def call(self, method: str, path: str, **body: str) -> Any:
        base = self.found()
        project = quote(ENV["CML_REPO"].removeprefix(f"{base}/"), safe="")
        return self.ask(method, f"{base}/api/v4/projects/{project}{path}", **body)

    def comments(self, number: str) -> list[Any]:
        return list(self.call("GET", f"/merge_requests/{number}/notes"))

    def write(self, number: str, identity: int | None, text: str) -> str:
        path = f"/merge_requests/{number}/notes"
        if identity is None:
            said = self.call("POST", path, body=text)
        else:
            said = self.call("PUT", f"{path}/{identity}", body=text)
        return f"{ENV['CML_REPO']}/-/merge_requests/{number}#note_{said['id']}"

    def opened(self) -> list[tuple[str, str, str]]:
        """Return branch, base and address of those that are open."""
        found = self.call("GET", "/merge_requests?state=opened")
        return [(each["source_branch"], each["target_branch"], each["web_url"]) for each in found]

    def create(self, source: str, target: str, title: str, body: str) -> str:
        words = {"source_branch": source, "target_branch": target}
        said = self.call("POST", "/merge_requests", **words, title=title, description=body)
        return str(said["web_url"])


def marked(body: str, title: str, watermark: str) -> bool:
    """Tell whether a comment carries the watermark, of whatever commit."""
    mark = rf'!\[\]\({re.escape(watermark)}#[0-9a-fA-F]+ "{re.escape(title)}"\)'
    return bool(re.search(mark, body))
