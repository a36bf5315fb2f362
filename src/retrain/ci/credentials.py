"""The token of a job of CI: for Git's way to the remote, and for nobody else.

A job gives it in RETRAIN_TOKEN. It is taken out of the environment before anything else happens, so
that no stage inherits it, no log of an environment shows it, and no clone has it in its settings.
It is no wall: code that means harm, on the same machine, can look into other processes.
"""

import os
from base64 import b64encode

VARIABLE = "RETRAIN_TOKEN"
SERVERS = ("GITHUB_SERVER_URL", "CI_SERVER_URL")  # GitHub's and GitLab's own names

_taken: str | None = None


def take() -> None:
    """Take the token out of the environment, if there is one."""
    global _taken
    _taken = os.environ.pop(VARIABLE, None) or _taken


def token() -> str | None:
    """Return the token that was taken."""
    return _taken


def for_git() -> dict[str, str]:
    """Return the environment in which Git shows the token to the forge, and to no other host."""
    server = next((os.environ[name] for name in SERVERS if os.environ.get(name)), None)
    if _taken is None or server is None:
        return {}
    shown = b64encode(f"x-access-token:{_taken}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{server}/.extraheader",
        "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {shown}",
    }
