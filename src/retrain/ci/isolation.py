"""Where code of the model's runs in a job: it sees no other process, and no secret of the job's.

What has started a job keeps its tokens, and they stand in the environments of the shell and of the
runner, which a process of the same user reads in /proc, or in their memory. So the job goes on in
namespaces of its own, without the privileges that lead out of them: see `wall`.
It needs util-linux, and root, sudo without a password, or user namespaces.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from retrain.ci import provider
from retrain.ci.wall import CLOSED, OPEN
from retrain.errors import REPORT
from retrain.paths import ERROR, STARTED
from retrain.repo.tokens import hidden

log = logging.getLogger(__name__)

INSIDE = "RETRAIN_ISOLATED"  # the process that has gone on, as it sees itself
APART = ("--pid", "--fork", "--kill-child", "--mount-proc")
LESS = ("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all")
# an index of a company's own may want its password, and so may the source of new data
NEEDED, NOTHING = "^(UV|PIP|RETRAIN_SOURCE)_", "^$"
TOKEN_FILES = ("AWS_WEB_IDENTITY_TOKEN_FILE",)  # variables that name a file with a token
# what the next step of the job runs outside
PROGRAMS = (Path(".venv"), Path("src"))
# what a command may not write besides: Git's knowledge, and when the run began
KNOWN = (Path(".git"), Path(STARTED))
EMPTY: Mapping[str, str] = {}
CACHES = Path(".dvc/tmp/caches")  # for the usual places, which cannot be written there
Wall = tuple[tuple[str, ...], tuple[str, ...]]  # words before it, and behind it
IMPOSSIBLE = (
    "isolation: not possible here, so the model's code could read this job's token in other "
    "processes; docs/github.md, docs/gitlab.md: A wall inside the job"
)


def isolated() -> bool:
    """Tell whether this process has gone on."""
    return os.environ.get(INSIDE) == str(os.getpid())


def go_on() -> None:
    """Run this same command line behind the wall, in place of this process; once."""
    if isolated():
        return
    words, environment = _isolated([sys.executable, *sys.orig_argv[1:]], PROGRAMS, NEEDED)
    os.execvpe(words[0], words, environment)  # noqa: S606


def run(command: list[str]) -> int:
    """Run a command behind the wall, where it writes nothing of KNOWN, and return its exit code.

    What it writes into the file that `errors.REPORT` names is kept for the report.
    """
    report = {REPORT: str(Path(ERROR).resolve())}
    words, environment = _isolated(command, (*PROGRAMS, *KNOWN), NOTHING, report)
    return subprocess.run(words, env=environment).returncode  # noqa: S603


def _isolated(
    command: list[str], closed: Iterable[Path], needed: str, more: Mapping[str, str] = EMPTY
) -> tuple[list[str], dict[str, str]]:
    """Return the words that run a command behind the wall, and their environment.

    `needed` is a pattern of the names of secrets that it sees all the same.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    for name in TOKEN_FILES:
        if path := os.environ.get(name):
            Path(path).unlink(missing_ok=True)
    CACHES.mkdir(parents=True, exist_ok=True)
    with hidden(but=needed):
        environment = dict(os.environ)
    environment |= more
    caches = str(CACHES.resolve())
    environment |= {"XDG_CACHE_HOME": caches, "DVC_SITE_CACHE_DIR": caches}
    programs = str(Path(sys.executable).parent)
    environment["PATH"] = os.pathsep.join([programs, environment.get("PATH", os.defpath)])
    environment[OPEN] = os.pathsep.join(provider.job().files())
    environment[CLOSED] = os.pathsep.join(map(str, closed))
    for wall in _walls():
        if _stands(words := _behind(wall, environment | {INSIDE: "1"})):
            return [*words, *command], environment
    log.info(IMPOSSIBLE)
    return command, environment | {INSIDE: str(os.getpid())}


def _behind(wall: Wall, environment: dict[str, str]) -> list[str]:
    """Return the words before a command that run it behind a wall, in an environment."""
    outside, inside = wall
    # by `env`, because sudo lets next to nothing through
    given = [f"{name}={value}" for name, value in environment.items()]
    return [*outside, "env", *given, sys.executable, "-P", "-m", "retrain.ci.wall", *inside]


def _walls() -> Iterator[Wall]:
    """Yield what is run outside the wall, and what inside, the strongest first."""
    same = (f"--reuid={os.getuid()}", f"--regid={os.getgid()}", "--clear-groups")
    apart, plain = ("unshare", *APART), ("setpriv", *LESS)
    if os.geteuid() == 0:
        yield apart, (*plain, *same)
        return
    yield ("sudo", "--non-interactive", *apart), (*plain, *same)
    yield ("unshare", "--user", "--map-current-user", *APART), plain


def _stands(words: list[str]) -> bool:
    """Tell whether a command can be run behind a wall, on this machine."""
    try:
        return subprocess.run([*words, "true"], capture_output=True).returncode == 0  # noqa: S603
    except OSError:
        return False
