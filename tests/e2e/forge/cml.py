#!/usr/bin/env python3
"""A stand-in for CML 0.20.6 in a job of GitHub or GitLab, as far as this project calls it.

    cml comment update --publish=false --watermark-title=TITLE --target=pr/NUMBER FILE
    cml pr create --branch=NEW --target-branch=OLD --title=T --body=TEXT --message=UNUSED

It asks the API and Git the same things in the same order; forge_tests/test_cml_*.py compare it with
the real one. Anything else it refuses with exit code 2: also what would let the real one send telemetry,
or write into Git settings that are not its own.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from drivers import ENV, CMLError, GitHub, GitLab, marked

NEEDED = ("CML_REPO", "REPO_TOKEN", "ITERATIVE_DO_NOT_TRACK", "GIT_CONFIG_GLOBAL")
WATERMARK = "https://cml.dev/watermark.png"


def driver() -> GitHub | GitLab:
    """Return the forge that the environment speaks of; the real one looks at GitHub's first too."""
    return GitLab() if ENV.get("CI_PROJECT_URL") and not ENV.get("GITHUB_REPOSITORY") else GitHub()


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
    if missing := [name for name in (*NEEDED, *driver().needed) if not ENV.get(name)]:
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


def update_comment(options: argparse.Namespace, forge: GitHub | GitLab) -> str:
    """Edit the last comment with the same watermark, or write one; return its address."""
    title = re.sub(r"[_*\[<]", r"\\\g<0>", f"CML watermark {options.watermark_title}".strip())
    report = options.file.read_bytes().decode(errors="replace")
    text = f'{report}\n\n![]({WATERMARK}#{forge.sha} "{title}")'
    number = options.target.removeprefix("pr/")
    last_first = reversed(forge.comments(number))
    ours = (each["id"] for each in last_first if marked(each["body"], title, WATERMARK))
    return forge.write(number, next(ours, None), text)


def create_pull(options: argparse.Namespace, forge: GitHub | GitLab) -> str:
    """Push HEAD as a new branch, open a request for it, return its address."""
    # the name, the address and the token stay in .git/config: CML leaves them there too
    if isinstance(forge, GitHub):
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
        said = f"Branch {source} already exists"
        warning = json.dumps({"level": "warn", "message": said}, separators=(",", ":"))
        print(f"::warning::{said}" if isinstance(forge, GitHub) else warning, file=sys.stderr)
        for branch, base, url in forge.opened():
            if source.endswith(branch) and target.endswith(base):
                return url
    else:
        git("fetch", "origin", forge.sha)
        git("checkout", "-b", source)
        git("push", "--set-upstream", "origin", source)
    return forge.create(source, target, options.title, options.body)


def main() -> int:
    options = arguments(sys.argv[1:])
    try:
        trust_folders()
        forge = driver()
        forge.track()
        print(options.run(options, forge))
    except (CMLError, OSError) as error:
        print(json.dumps({"level": "error", "message": str(error)}), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
