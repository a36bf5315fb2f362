"""Where code of the model's runs in a job: it sees no other process, and no secret of the job's.

What has started a job keeps its tokens, and they stand in the environments of the shell and of the
runner, which a process of the same user reads in /proc, or in their memory. So that code runs in a
PID namespace of its own, with a /proc of its own, and without the privileges that lead out of it.
It needs util-linux, and root, sudo without a password, or user namespaces.
"""

import os
import subprocess
import sys
from collections.abc import Iterator

from retrain.console import tell
from retrain.repo.credentials import hidden

INSIDE = "RETRAIN_ISOLATED"
APART = ("--pid", "--fork", "--kill-child", "--mount-proc")
LESS = ("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all")
INDEX = "^(UV|PIP)_"  # an index of a company's own may want its password
IMPOSSIBLE = (
    "isolation: not possible here, so the model's code could read this job's token in other "
    "processes; docs/github.md, docs/gitlab.md: A wall inside the job"
)


def isolated() -> bool:
    """Tell whether this process is behind the wall."""
    return INSIDE in os.environ


def run(*command: str) -> int:
    """Run a command behind the wall, and return its exit code."""
    words, environment = _behind(command)
    return subprocess.run(words, env=environment).returncode  # noqa: S603


def go_on() -> None:
    """Run this same command line behind the wall, in place of this process."""
    sys.stdout.flush()
    sys.stderr.flush()
    words, environment = _behind((sys.executable, *sys.orig_argv[1:]))
    os.execvpe(words[0], words, environment)  # noqa: S606


def _behind(command: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
    """Return the words that run a command behind the wall, and its environment."""
    with hidden(but=INDEX):
        environment = dict(os.environ)
    if isolated():
        return [*command], environment
    environment[INSIDE] = "1"
    wall = next(filter(_stands, _walls()), None)
    if wall is None:
        tell(IMPOSSIBLE)
        return [*command], environment
    # by `env`, because sudo lets next to nothing through
    given = [f"{name}={value}" for name, value in environment.items()]
    return [*wall, "env", *given, *command], environment


def _walls() -> Iterator[tuple[str, ...]]:
    """Yield what could begin a command's words, the strongest first."""
    same = (f"--reuid={os.getuid()}", f"--regid={os.getgid()}", "--clear-groups")
    root = ("unshare", *APART, "setpriv", *same, *LESS)
    if os.geteuid() == 0:
        yield root
        return
    yield ("sudo", "--non-interactive", *root)
    yield ("unshare", "--user", "--map-current-user", *APART, "setpriv", *LESS)


def _stands(wall: tuple[str, ...]) -> bool:
    """Tell whether a command can be run behind a wall, on this machine."""
    try:
        return subprocess.run([*wall, "true"], capture_output=True).returncode == 0  # noqa: S603
    except FileNotFoundError:
        return False
