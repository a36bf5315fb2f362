#!/usr/bin/env python3
"""A stand-in for CML 0.20.6 in a workflow on GitHub, as far as this project calls it.

    cml comment update --publish=false --watermark-title=TITLE --target=pr/NUMBER FILE
    cml pr create --branch=NEW --target-branch=OLD --title=T --body=TEXT --message=UNUSED

It asks the API and Git the same things in the same order; test_cml_*.py compare it with the real
one. Anything else it refuses with exit code 2: also what would let the real one send telemetry,
or write into Git settings that are not its own.
"""

import argparse
import json
import os
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ENV = os.environ
NEEDED = ("CML_REPO", "REPO_TOKEN", "ITERATIVE_DO_NOT_TRACK", "GIT_CONFIG_GLOBAL", "GITHUB_ACTOR",
          "GITHUB_REF", "GITHUB_REPOSITORY", "GITHUB_SERVER_URL", "GITHUB_SHA")  # fmt: skip
WATERMARK = "https://cml.dev/watermark.png"


class CMLError(Exception):
    """What CML ends with: a line of JSON, and exit code 1."""


def arguments(words: list[str]) -> argparse.Namespace:
    """Return what is asked for, or end with exit code 2. Nothing has been done until then."""
    parser = argparse.ArgumentParser(prog="cml", allow_abbrev=False)
    if words[:2] == ["comment", "update"]:
        parser.set_defaults(run=update_comment)
        parser.add_argument("--publish", required=True, choices=["false"])
        parser.add_argument("--watermark-title", required=True)
        parser.add_argument("--target", required=True)
        parser.add_argument("file", type=Path)
    elif words[:2] == ["pr", "create"]:
        parser.set_defaults(run=create_pull)
        for name in ("branch", "target-branch", "title", "body", "message"):
            parser.add_argument(f"--{name}", required=True)
    else:
        parser.error("the stand-in knows `comment update` and `pr create` alone")
    options = parser.parse_args(words[2:])
    if not all(vars(options).values()):
        parser.error("an option is empty: CML takes words of its own there")
    if "target" in options and not re.fullmatch(r"pr/\d+", options.target):
        parser.error(f"the target {options.target!r} is not pr/NUMBER")
    if missing := [name for name in NEEDED if not ENV.get(name)]:
        parser.error(f"not set: {', '.join(missing)}")
    if ENV.get("GITHUB_EVENT_NAME") == "pull_request":
        parser.error("for the event pull_request CML takes another commit than GITHUB_SHA")
    if ENV["GIT_CONFIG_GLOBAL"] == os.devnull:
        parser.error("GIT_CONFIG_GLOBAL must name a file: CML, as root, would replace the device")
    return options


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CMLError(f"{','.join(['git', *words])}\n\t{done.stdout}\n\t{done.stderr}")
    return (done.stdout or done.stderr)[:-1]


def trust_folders() -> None:
    """Call this folder and all above it safe, in Git's global settings; again at each start."""
    here = Path.cwd()
    for folder in ("*", "/", *map(str, [here, *here.parents][:-1])):
        git("config", "--global", "--add", "safe.directory", folder)


def call(method: str, path: str, body: object = None) -> Any:
    """Ask the API: about the repository, except for /users."""
    url = urlsplit(ENV["CML_REPO"])
    inside = "" if path.startswith("/users/") else f"/repos{url.path}"
    address = f"{url.scheme}://{url.netloc}/api/v3{inside}{path}"
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"token {ENV['REPO_TOKEN']}", "Content-Type": "application/json"}
    request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310
    context = ssl.create_default_context(cafile=ENV.get("NODE_EXTRA_CA_CERTS"))
    try:
        with urllib.request.urlopen(request, context=context, timeout=60) as said:  # noqa: S310
            return json.load(said)
    except urllib.error.HTTPError as error:
        refusal = json.load(error)
        errors = [json.dumps(each, separators=(",", ":")) for each in refusal.get("errors", [])]
        reason = f": {', '.join(errors)}" if errors else ""
        raise CMLError(refusal["message"] + reason) from error


def update_comment(options: argparse.Namespace) -> str:
    """Edit the newest comment with the same watermark, or write one; return its address."""
    title = re.sub(r"[_*\[<]", r"\\\g<0>", f"CML watermark {options.watermark_title}".strip())
    report = options.file.read_bytes().decode(errors="replace")
    body = {"body": f'{report}\n\n![]({WATERMARK}#{ENV["GITHUB_SHA"]} "{title}")'}
    mark = re.compile(rf'!\[\]\({re.escape(WATERMARK)}#[0-9a-fA-F]+ "{re.escape(title)}"\)')
    comments = f"/issues/{options.target.removeprefix('pr/')}/comments"
    for comment in reversed(call("GET", comments)):  # of the first page only
        if mark.search(comment["body"]):
            return str(call("PATCH", f"/issues/comments/{comment['id']}", body)["html_url"])
    return str(call("POST", comments, body)["html_url"])


def create_pull(options: argparse.Namespace) -> str:
    """Push HEAD as a new branch, open a pull request, return its address."""
    # the name, the address and the token stay in .git/config: CML leaves them there too
    with suppress(CMLError):
        git("config", "--unset", "http.https://github.com/.extraheader")
    git("config", "user.name", "Olivaw[bot]")
    git("config", "user.email", "olivaw@iterative.ai")
    address = ENV["CML_REPO"].replace("://", f"://token:{ENV['REPO_TOKEN']}@") + ".git"
    git("remote", "set-url", "origin", address)
    git("status", "--porcelain", "-b", "-u", "--null")  # of use for files that are named
    git("rev-parse", "--show-prefix")
    source, target = options.branch, options.target_branch
    try:
        git("ls-remote", "--exit-code", git("config", "--get", "remote.origin.url"), target)
    except CMLError as error:
        raise CMLError("The target branch does not exist.") from error
    if source in git("ls-remote", git("config", "--get", "remote.origin.url"), source):
        print(f"::warning::Branch {source} already exists", file=sys.stderr)
        for pull in call("GET", "/pulls?state=open"):
            if source.endswith(pull["head"]["ref"]) and target.endswith(pull["base"]["ref"]):
                return str(pull["html_url"])
    else:
        git("fetch", "origin", ENV["GITHUB_SHA"])
        git("checkout", "-b", source)
        git("push", "--set-upstream", "origin", source)
    asked = {"head": source, "base": target, "title": options.title, "body": options.body}
    return str(call("POST", "/pulls", asked)["html_url"])


def main() -> int:
    options = arguments(sys.argv[1:])
    try:
        trust_folders()
        with suppress(CMLError):  # for the telemetry, though that is switched off
            call("GET", f"/users/{ENV['GITHUB_ACTOR']}")
        print(options.run(options))
    except (CMLError, OSError) as error:
        print(json.dumps({"level": "error", "message": str(error)}), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
