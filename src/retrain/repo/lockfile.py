"""What a lock and DVC's lists of folders name, read as data that may be anything."""

import json
import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

from retrain.errors import UserError
from retrain.paths import DATA, LOCK, PARAMS
from retrain.settings import Lines, flat, read_yaml

Stages = dict[str, dict[str, Any]]

REMEDY = "this is not what a build has left, so nothing lands; run all jobs again"
MD5 = re.compile(r"[0-9a-f]{32}")
HASH = re.compile(rf"{MD5.pattern}(\.dir)?")  # of a folder, its list's


def stages(lock: str, place: str = LOCK) -> Stages:
    """Return the stages of a dvc.lock's text, by name: to be read, and not to be changed.

    `place` says in an error which lock it is.
    """
    try:
        return _stages(lock)
    except Exception:
        remedy = f"restore it: git checkout {LOCK}, or delete it and run everything"
        raise UserError(f"{place} is not a lock that DVC wrote; {remedy}") from None


@lru_cache(maxsize=64)  # by text: one says the same in every folder
def _stages(lock: str) -> Stages:
    found = {str(name): dict(stage) for name, stage in read_yaml(lock)["stages"].items()}
    for stage in found.values():
        for each in (*stage.get("deps", []), *stage.get("outs", [])):
            each["path"], each["md5"] = str(each["path"]), str(each["md5"])
    return found


def hashes(lock: str) -> dict[str, str]:
    """Return the hash of every output in a dvc.lock's text, by path."""
    return _by_path(lock, "outs")


def inputs(lock: str) -> dict[str, str]:
    """Return the hash of everything that the stages of a dvc.lock's text have read, by path."""
    return _by_path(lock, "deps")


def _by_path(lock: str, which: str) -> dict[str, str]:
    listed = (each for stage in stages(lock).values() for each in stage.get(which, []))
    return {each["path"]: each["md5"] for each in listed}


def parameters(lock: str) -> Lines:
    """Return the parameters that a lock's stages were run with, as `flat` has them."""
    sections = (stage.get("params", {}).get(PARAMS, {}) for stage in stages(lock).values())
    return {key: value for section in sections for key, value in flat(section).items()}


def version(data: str) -> str:
    """Return the hash of the version that a data.dvc's text names."""
    try:
        return str(read_yaml(data)["outs"][0]["md5"])
    except Exception:
        remedy = f"restore it: git checkout {DATA}, or add the data again: dvc add data"
        raise UserError(f"{DATA} is not what DVC writes; {remedy}") from None


def named(lock: str, data: str, kept: Collection[str]) -> set[str]:
    """Return the MD5 of everything that a lock and a data.dvc name, except what Git keeps."""
    found = {md5 for path, md5 in hashes(lock).items() if path not in kept}
    return found | {version(data)}


def listed(file: Path) -> set[str]:
    """Return the MD5 of each file of a folder, by DVC's list of it.

    A list that names a file which would not lie in the folder is a UserError.
    """
    try:
        found = [(str(each["relpath"]), str(each["md5"])) for each in json.loads(file.read_bytes())]
    except (OSError, ValueError, TypeError, KeyError):
        raise UserError(f"the object {file.name} is not a list of files; {REMEDY}") from None
    paths = [path for path, _ in found]
    for path, md5 in found:  # DVC writes to any path, and Git runs what is in some
        hidden = any(not part or part.startswith(".") for part in path.split("/"))
        if hidden or "\\" in path or not MD5.fullmatch(md5) or paths.count(path) > 1:
            raise UserError(f"the object {file.name} lists {path!r}; {REMEDY}")
    return {md5 for _, md5 in found}
