"""What a forge has stored, files and archives of what a job has left: fetched within limits.

GitHub's own action fails on GitHub Enterprise Server, and its older versions know no other run;
GitLab's runner unpacks what a job needs over the files of the job, before its script begins.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZipFile, ZipInfo

import requests
from requests.adapters import HTTPAdapter

from retrain.ci.api import rest
from retrain.errors import UserError

LARGEST = 1_000_000  # bytes of a report, compressed
HUGE = 10_000_000_000  # bytes of a candidate, compressed, and of its files
PART = 65_536  # bytes
OUT_OF_ORDER = "what the forge has stored cannot be fetched ({}); run it again"


def fetched(url: str, headers: Mapping[str, str], name: str, largest: int) -> bytes | None:
    """Return a file of the archive, cut after `largest` bytes; None: the archive is gone.

    A file that is not in there, or cannot be read, is empty.
    """
    with _scratch() as archive:
        if not _store(url, headers, archive, LARGEST):
            return None
        try:
            with ZipFile(archive) as files, files.open(name) as file:
                return file.read(largest)  # and no more: a small archive may hold a huge file
        except Exception:  # anyone may have written it: many things can be wrong with it
            return b""


def plain(url: str, headers: Mapping[str, str], largest: int) -> bytes | None:
    """Return a file that a forge has; None: it is gone, or larger than that."""
    with _scratch() as copy:
        if not _store(url, headers, copy, largest):
            return None
        copy.seek(0)
        return copy.read()


def hashed(url: str, headers: Mapping[str, str]) -> str:
    """Return the SHA-256 of a file that a forge has; empty: it is gone, or too large."""
    with _scratch() as copy:
        if not _store(url, headers, copy, HUGE):
            return ""
        copy.seek(0)
        return hashlib.file_digest(copy, "sha256").hexdigest()


def unpacked(url: str, headers: Mapping[str, str], folder: Path) -> bool:
    """Put what the archive has below a folder's name there, as plain files; False: it has none.

    Raises:
        UserError: if the forge cannot be reached, it is not an archive, or the folder is there.
    """
    if folder.is_symlink() or folder.exists():
        raise UserError(f"{folder} is there already, and would be built; remove it from Git")
    with _scratch() as archive:
        if not _store(url, headers, archive, HUGE):
            return False
        try:
            with ZipFile(archive) as files:
                _unpack(files, folder)
        except UserError:
            raise
        except Exception as error:  # many things can be wrong with it
            why = str(error) or type(error).__name__
            raise UserError(f"what the job has left cannot be unpacked: {why}") from None
    return folder.exists()


def _unpack(files: ZipFile, folder: Path) -> None:
    found = [each for each in files.infolist() if _below(each, folder.name)]
    if sum(each.file_size for each in found) > HUGE:
        raise UserError(f"what the job has left is more than {HUGE:,} bytes")
    for each in found:
        target = folder.parent / each.filename
        target.parent.mkdir(parents=True, exist_ok=True)
        # a link or a device is written as a file, too
        with files.open(each) as source, target.open("xb") as copy:
            copyfileobj(source, copy)


def _below(entry: ZipInfo, folder: str) -> bool:
    path = PurePosixPath(entry.filename)
    return not entry.is_dir() and path.parts[:1] == (folder,) and ".." not in path.parts


def _scratch() -> "SpooledTemporaryFile[bytes]":
    return SpooledTemporaryFile(max_size=LARGEST)


def _store(url: str, headers: Mapping[str, str], into: IO[bytes], largest: int) -> bool:
    """Copy an archive as it is stored; False: it is gone, or too large."""
    try:
        with requests.Session() as session:
            session.mount("https://", HTTPAdapter(max_retries=rest.RETRY))
            options: dict[str, Any] = {
                "timeout": rest.TIMEOUT,
                "allow_redirects": False,
                "stream": True,
            }
            with session.get(url, headers=dict(headers), **options) as found:
                if not found.is_redirect:
                    return _copy(found, into, largest)
            # the store's address is signed, and the token is not for it
            with session.get(found.headers["Location"], **options) as found:
                return _copy(found, into, largest)
    except requests.RequestException as error:
        raise UserError(OUT_OF_ORDER.format(type(error).__name__)) from None


def _copy(answer: requests.Response, into: IO[bytes], largest: int) -> bool:
    if answer.status_code >= 500 or answer.status_code in (403, 429):
        raise UserError(OUT_OF_ORDER.format(answer.status_code))
    size = 0
    for part in answer.iter_content(PART):
        size += into.write(part)
        if size > largest:
            return False
    return answer.ok
