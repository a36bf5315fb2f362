"""CML (https://cml.dev) as a command: it posts and opens; it decides and renders nothing."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from retrain.errors import UserError
from retrain.forges import api

REFUSED = {
    "Resource not accessible by integration": "the job's token may not do it; look at its "
    "permissions",
    "not permitted to create": "allow GitHub Actions to create pull requests: Settings, Actions, "
    "General",
}


def comment(number: int, title: str, file: Path) -> None:
    """Post a file below a pull request, or over the comment of the same title.

    Raises:
        UserError: if it cannot be posted.
    """
    # --publish=false: else CML uploads every file that a link in the text names
    words = ("--publish=false", f"--watermark-title={title}", f"--target=pr/{number}", str(file))
    _cml("comment", "update", *words, cwd=Path.cwd())


def pull_request(folder: Path, branch: str, into: str, title: str, body: str) -> str:
    """Push the newest commit of a clone as a branch, open a pull request, return its address.

    CML writes the token into the clone: it must be one that is thrown away.

    Raises:
        UserError: if it cannot be opened.
    """
    # --message: the default one says [skip ci]
    words = [f"--branch={branch}", f"--target-branch={into}", f"--title={title}", f"--body={body}"]
    said = _cml("pr", "create", *words, f"--message={title}", cwd=folder)
    url = said.splitlines()[-1] if said else ""
    if not url.startswith("https://"):
        raise UserError(f"cml opened no pull request, and said {url[:200]!r}; see the log")
    return url


def _cml(*words: str, cwd: Path) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        env = os.environ | {
            "REPO_TOKEN": api.token(),
            "CML_REPO": api.address(),
            "ITERATIVE_DO_NOT_TRACK": "1",
            "GIT_CONFIG_GLOBAL": str(Path(scratch) / "gitconfig"),  # CML writes into it
        }
        try:
            done = subprocess.run(  # noqa: S603
                ["cml", *words],  # noqa: S607
                cwd=cwd,
                env=env,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
            )
        except FileNotFoundError:
            raise UserError("cml is not installed here; .github/actions/cml does it") from None
    if done.returncode:
        said = _message(done.stderr)
        remedy = next((text for words, text in REFUSED.items() if words in said), "see the log")
        raise UserError(f"cml {' '.join(words[:2])} failed: {said}; {remedy}")
    return done.stdout.strip()


def _message(stderr: str) -> str:
    """Return what CML says of its failure, which it writes as a line of JSON, without the token."""
    lines = stderr.strip().splitlines() or ["it does not say why"]
    try:
        said = str(json.loads(lines[-1])["message"])
    except (ValueError, KeyError, TypeError):
        said = lines[-1]
    return said.replace(api.token(), "***").splitlines()[0][:500]
