"""Files that appear whole or not at all."""

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from retrain.errors import from_os_error

NUMBERS = re.compile(r"\[(\n +-?[\d.]+(e-?\d+)?,?)+\n +\]")  # a list of nothing else


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a path to write to; it becomes `path` at the end, or vanishes if anything fails.

    The scratch file stands beside its target, because only a rename within one file system is
    atomic (POSIX rename(2)); its suffix `.tmp` is in .gitignore and .dvcignore, so that what a
    killed process leaves behind is never versioned. A disk that is full, read-only or closed to
    this user is a UserError.
    """
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield scratch
        scratch.replace(path)
    except OSError as error:
        raise from_os_error(error, path) or error from error
    finally:
        with suppress(OSError):  # its folder may be what is missing or closed
            scratch.unlink()


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder to fill; it replaces `path` at the end, as a file does in `whole`."""
    scratch = path.with_name(f".{path.name}.tmp")
    try:
        shutil.rmtree(scratch, ignore_errors=True)  # a killed run may have left one
        scratch.mkdir(parents=True)
        yield scratch
        shutil.rmtree(path, ignore_errors=True)
        scratch.replace(path)
    except OSError as error:
        raise from_os_error(error, path) or error from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_json(path: Path, content: Any) -> None:
    """Write `content` as JSON that a person can read and Git can diff; numbers share a line."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    text = NUMBERS.sub(lambda found: "".join(found[0].split()).replace(",", ", "), text)
    with whole(path) as scratch:
        scratch.write_text(text + "\n", "utf-8")


def md5(path: str) -> str | None:
    """Return a file's MD5, by which DVC names it, or None where there is none."""
    if not Path(path).is_file():
        return None
    with Path(path).open("rb") as file:  # in pieces: it may be larger than memory
        return hashlib.file_digest(file, "md5").hexdigest()


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def place(source: Path, target: Path) -> None:
    """Copy a file, or a folder in place of the one that is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
