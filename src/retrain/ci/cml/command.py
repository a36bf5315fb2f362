"""CML as a command: installed where it is missing, and its failures as sentences."""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from retrain import programs
from retrain.ci import provider
from retrain.ci.api.retry import LIMIT, TemporaryError
from retrain.errors import UserError

log = logging.getLogger(__name__)

LOCK = Path("requirements/cml")  # CML by its commit, and what it depends on by hash
FOLDER = Path(".venv/cml")  # where it is installed
INSTALL = ("ci", "--ignore-scripts")
LIMITED = re.compile("rate limit|too many requests", re.IGNORECASE)
GONE = "Not Found"  # what it says also of a comment that was removed before it could edit it


def run(command: Sequence[str], cwd: Path, seconds: float) -> str:
    """Run a command of CML's and return what it prints.

    Args:
        command: `cml`, its two words, and its options.
        cwd: the folder to run it in.
        seconds: when to end it: at a rate limit it waits, up to an hour, and says nothing.

    Raises:
        TemporaryError: if the same may succeed later.
        UserError: if it is refused, or CML cannot be installed.
    """
    name = " ".join(command[:3])
    with tempfile.TemporaryDirectory() as scratch:
        env = os.environ | {
            "PATH": _path(),
            "REPO_TOKEN": provider.calls().token(),
            "CML_REPO": provider.calls().address(),
            "ITERATIVE_DO_NOT_TRACK": "1",
            "GIT_CONFIG_GLOBAL": str(Path(scratch) / "gitconfig"),  # CML writes into it
        }
        try:
            done = subprocess.run(  # noqa: S603
                [_installed(), *command[1:]],
                cwd=cwd,
                env=env,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            raise TemporaryError(
                f"{name} did not end within {seconds} seconds; run the job again"
            ) from None
    if done.returncode:
        raise _failure(name, _message(done.stderr))
    return done.stdout.strip()


def _path() -> str:
    """Return the PATH to search: first this Python's own programs, last CML's."""
    own, installed = Path(sys.executable).parent, FOLDER.resolve() / "node_modules/.bin"
    return os.pathsep.join([str(own), os.environ.get("PATH", ""), str(installed)])


def _installed() -> str:
    """Return the path of CML, and install it first where it is missing."""
    if found := shutil.which("cml", path=_path()):
        return found
    if not (npm := shutil.which("npm", path=_path())):
        raise UserError("cml is missing, and npm to install it; first: install Node 20 or newer")
    log.info("installing CML")
    shutil.copytree(LOCK, FOLDER, dirs_exist_ok=True)
    # a cache of its own: npm compares no hash of what it has from Git, and a machine may be shared
    env = os.environ | {"PATH": _path(), "NPM_CONFIG_CACHE": str(FOLDER.resolve() / "cache")}
    done = subprocess.run(  # noqa: S603
        [npm, *INSTALL], cwd=FOLDER, env=env, capture_output=True, encoding="utf-8"
    )
    if done.returncode or not (found := shutil.which("cml", path=_path())):
        raise UserError(
            f"npm could not install cml: {_why(done.stderr)}; are codeload.github.com and npm's "
            "registry reachable from this machine?"
        )
    return found


def _why(stderr: str) -> str:
    """Return the line of npm's that says why; the first ones are codes and warnings."""
    lines = [line.removeprefix("npm error ") for line in programs.lines(stderr)]
    telling = [line for line in lines if not re.match(r"npm |(code|syscall|errno|path) ", line)]
    return (telling or lines)[0][:300]


def _failure(name: str, said: str) -> UserError:
    """Return what CML's message means; most of it may pass."""
    if LIMITED.search(said):
        return TemporaryError(
            f"{name} failed: the forge takes no more requests for now ({said}); run the job again "
            "in a few minutes",
            LIMIT,
        )
    remedies = provider.calls().REFUSED.items()
    remedy = next((text for words, text in remedies if words in said), "run the job again")
    sentence = f"{name} failed: {said}; {remedy}"
    refused = remedy != "run the job again" and said != GONE
    return UserError(sentence) if refused else TemporaryError(sentence)


def _message(stderr: str) -> str:
    """Return what CML says of its failure, which it writes as a line of JSON, without the token."""
    lines = programs.lines(stderr)
    try:
        said = str(json.loads(lines[-1])["message"])
    except (ValueError, KeyError, TypeError):
        said = lines[-1]
    if said.startswith("<"):
        return "the forge is out of order, and answered with a page"
    said = said.replace(provider.calls().token(), "***")
    return programs.lines(said)[0][:500]
