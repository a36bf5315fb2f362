"""A machine that is lost: every process of a folder is killed. Also: python kill.py FOLDER."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def everything(folder: Path) -> None:
    if Path.cwd().is_relative_to(folder):
        raise ValueError(f"{folder} is where this process works")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            works_there = (process / "cwd").readlink().is_relative_to(folder)
            if works_there or os.fsencode(folder) in (process / "environ").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)
        except OSError:  # it has ended, or is another user's
            continue


@contextmanager
def once_there(folder: Path, name: str) -> Iterator[None]:
    """Kill everything below a folder as soon as one below it has a file of this name."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            # not glob: what it looks at may go away meanwhile
            if any((Path(place) / name).exists() for place, _, _ in os.walk(folder)):
                everything(folder)
                return
            time.sleep(0.02)

    (watcher := threading.Thread(target=watch)).start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


if __name__ == "__main__":
    everything(Path(sys.argv[1]))
