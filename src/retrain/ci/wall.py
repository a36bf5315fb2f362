"""What stands around code of the model's in a job, made by the root of a new mount namespace.

The code may write in its folder and in that of temporary files, and nowhere else: a later step of
the job would run what it left. It reaches no socket of a service, no disk and no switch of the
kernel's, which belong to root even where that has no privileges.
"""

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

OPEN = "RETRAIN_OPEN"  # files that the job tells its forge something by
CLOSED = "RETRAIN_CLOSED"  # what in the checkout may not be written
NAMES = Path("/etc/resolv.conf")  # of hosts; it may lead into the folder of sockets
SOCKETS = Path("/run")
KERNEL = "/proc/sys"
LOCKED = ("nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime")  # stay as they are
MEMORY = ("mem", "kmem", "port")


def main() -> None:
    """Build the wall, and run the words of the command line behind it."""
    if os.getpid() != 1:  # of a namespace of its own: else this would be the machine's
        sys.exit("error: this is run by `retrain ci …` alone")
    kept = [Path.cwd(), Path(tempfile.gettempdir()).resolve(), *_named(OPEN)]
    closed = [path.resolve() for path in _named(CLOSED) if path.exists()]
    # what is a mount cannot be renamed, nor what is closed below it be replaced
    kept += sorted({each for path in closed for each in path.parents if kept[0] in each.parents})
    _hide_sockets()
    _hide_disks()
    for path in [KERNEL, *map(str, kept), *map(str, closed)]:
        if os.path.exists(path):  # noqa: PTH110 (a word of mount's)
            _mount("--bind", path, path)
    _close(kept)
    os.chdir(kept[0])  # by its name: what was open before is below the new mount
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606


def _named(variable: str) -> list[Path]:
    return [Path(path) for path in os.environ.get(variable, "").split(os.pathsep) if path]


def _hide_sockets() -> None:
    names = NAMES.read_bytes() if NAMES.exists() else b""
    place = NAMES.resolve()
    _mount("-t", "tmpfs", "-o", "mode=0755", "none", str(SOCKETS))
    if names and place.is_relative_to(SOCKETS):
        place.parent.mkdir(parents=True)
        place.write_bytes(names)


def _hide_disks() -> None:
    for path in Path("/dev").iterdir():
        if path.name in MEMORY or stat.S_ISBLK(path.lstat().st_mode):
            _mount("--bind", "/dev/null", str(path))


def _close(kept: Iterable[Path]) -> None:
    """Let nothing be written but what is kept, and devices and temporary file systems' own."""
    opened = {str(path) for path in kept}
    closed = {}
    for line in Path("/proc/self/mounts").read_text("utf-8").splitlines():
        _, point, _, options, *_ = line.split()
        name = point.encode().decode("unicode_escape")
        if name == KERNEL or not (name in opened or name.startswith(("/dev", "/proc"))):
            closed[name] = [word for word in options.split(",") if word in LOCKED]
    for name, kept_so in closed.items():
        if Path(name).exists() and not Path(name).is_relative_to(SOCKETS):  # which is new
            _mount("-o", ",".join(["remount", "bind", "ro", *kept_so]), name)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)  # noqa: S603, S607


if __name__ == "__main__":
    main()
