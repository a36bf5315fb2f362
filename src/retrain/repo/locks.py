"""What a lock and DVC's lists of folders name, read as data that may be anything."""

import json
import re
from pathlib import Path

from retrain.errors import UserError
from retrain.settings import read_yaml

REMEDY = "this is not what a build has left, so nothing lands; run all jobs again"
MD5 = re.compile(r"[0-9a-f]{32}")
HASH = re.compile(rf"{MD5.pattern}(\.dir)?")  # of a folder, its list's


def named(lock: str, data: str, kept: list[str]) -> set[str]:
    """Return the MD5 of everything that a lock and a data.dvc name, but for what Git keeps."""
    stages = read_yaml(lock)["stages"].values()
    outs = [out for stage in stages for out in stage.get("outs", [])]
    found = {str(out["md5"]) for out in outs if out["path"] not in kept}
    return found | {str(out["md5"]) for out in read_yaml(data)["outs"]}


def listed(file: Path) -> set[str]:
    """Return the MD5 of each file of a folder, by DVC's list of it.

    Raises:
        UserError: if it is not one, or names a file that would not lie in the folder.
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
