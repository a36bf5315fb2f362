"""CML (https://cml.dev) as a command: it posts and opens; it decides and renders nothing."""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from retrain import programs
from retrain.ci import provider
from retrain.ci.api.retry import LIMIT, TemporaryError
from retrain.errors import UserError

log = logging.getLogger(__name__)

LOCK = Path("requirements/cml")  # CML by its commit, and what it depends on by hash
FOLDER = Path(".venv/cml")  # where it is installed
INSTALL = ("ci", "--ignore-scripts")
# seconds: at a limit it would wait, for two minutes or for the rest of an hour, and say nothing
TO_COMMENT, TO_OPEN = 60, 300
LIMITED = re.compile("rate limit|too many requests", re.IGNORECASE)
GONE = "Not Found"  # what it says also of a comment that was removed before it could edit it


def comment(number: int, title: str, file: Path) -> None:
    """Post a file below a pull or merge request, or over the comment of the same title.

    Raises:
        UserError: if it cannot be posted.
    """
    # --publish=false: else CML uploads every file that a link in the text names
    words = ("--publish=false", f"--watermark-title={title}", f"--target=pr/{number}", str(file))
    _cml("comment", "update", *words, cwd=Path.cwd(), seconds=TO_COMMENT)


def pull_request(folder: Path, branch: str, into: str, title: str, body: str) -> str:
    """Push the newest commit of a clone as a branch, open a request, return its address.

    CML writes the token into the clone: it must be one that is thrown away.

    Raises:
        UserError: if it cannot be opened.
    """
    # --message: the default one says [skip ci]
    words = [f"--branch={branch}", f"--target-branch={into}", f"--title={title}", f"--body={body}"]
    said = _cml("pr", "create", *words, f"--message={title}", cwd=folder, seconds=TO_OPEN)
    url = said.splitlines()[-1] if said else ""
    if not url.startswith(("https://", "http://")):
        raise UserError(f"cml opened nothing, and said {url[:200]!r}; see the log")
    return url


def _path() -> str:
    """Return where programs are looked for: first where this Python's own are, last CML's."""
    own, installed = Path(sys.executable).parent, FOLDER.resolve() / "node_modules/.bin"
    return os.pathsep.join([str(own), os.environ.get("PATH", ""), str(installed)])


def _installed() -> str:
    """Return the path of CML, which is installed where it is not here.

    Raises:
        UserError: if that fails.
    """
    if found := shutil.which("cml", path=_path()):
        return found
    if not (npm := shutil.which("npm", path=_path())):
        raise UserError("cml is not here, nor npm to install it; first: install Node 20 or newer")
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
            "registry to be reached from here?"
        )
    return found


def _why(stderr: str) -> str:
    """Return the line of npm's that says why; the first ones are codes and warnings."""
    lines = [line.removeprefix("npm error ") for line in programs.lines(stderr)]
    telling = [line for line in lines if not re.match(r"npm |(code|syscall|errno|path) ", line)]
    return (telling or lines)[0][:300]


def _cml(*words: str, cwd: Path, seconds: int) -> str:
    program, name = _installed(), f"cml {' '.join(words[:2])}"
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
                [program, *words],
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
