"""The token of a job of CI: for Git's way to the remote, and for nobody else.

A job gives it in RETRAIN_TOKEN. It is taken out of the environment before anything else happens, so
that no stage inherits it, no log of an environment shows it, and no clone has it in its settings.
It is no wall: code that means harm, on the same machine, can look into other processes.
"""

import os
from base64 import b64encode

VARIABLE = "RETRAIN_TOKEN"
READER = "CI_JOB_TOKEN"  # GitLab gives it to each job; it reads the repository, and little more
SERVERS = ("GITHUB_SERVER_URL", "CI_SERVER_URL")  # GitHub's and GitLab's own names

_taken: str | None = None
_reader: str | None = None


def take() -> None:
    """Take the tokens out of the environment, those that there are."""
    global _taken, _reader
    _taken = os.environ.pop(VARIABLE, None) or _taken
    _reader = os.environ.pop(READER, None) or _reader


def token() -> str | None:
    """Return the token that somebody gave this job."""
    return _taken


def for_git() -> dict[str, str]:
    """Return the environment in which Git shows a token to the forge, and to no other host."""
    server = next((os.environ[name] for name in SERVERS if os.environ.get(name)), None)
    # GitHub wants its name for any token, GitLab its own for the reader; it takes any for others
    user, token = ("x-access-token", _taken) if _taken else ("gitlab-ci-token", _reader)
    if token is None or server is None:
        return {}
    shown = b64encode(f"{user}:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{server}/.extraheader",
        "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {shown}",
    }
