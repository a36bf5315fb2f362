"""This folder's data: fetched by what data.dvc names, and never overwritten unless a commit has it.

DVC overwrites whatever its cache holds, and a run that fails leaves there what it has refused.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc_data.hashfile import load
from dvc_data.hashfile.build import build
from dvc_data.hashfile.hash_info import HashInfo
from dvc_objects.errors import ObjectFormatError

from retrain.errors import UserError
from retrain.paths import DATA
from retrain.repo import dvc
from retrain.repo.dvc import reason
from retrain.repo.git import git

File = tuple[tuple[str, ...], str]  # its path below the folder, by parts, and its hash
VERSION = re.compile(r"(?m)^[+-].*\bmd5: (\w{32}\.dir)$")


def pull(repo: Repo) -> bool:
    """Fetch what data.dvc names and the folder has not; return whether there was anything to do."""
    out = output(repo)
    # names and not hashes: this happens at each start, and changed files are for DVC to see
    here = {path.name for path in Path(out.fs_path).glob("*")}
    listing = out.get_obj()  # None where its list of files has not been fetched yet
    if here and listing and {key[-1] for key, *_ in listing} <= here:
        return False
    checkout(repo)
    return True


def fetch(repo: Repo) -> None:
    """Bring what data.dvc names, and the cache lacks."""
    dvc.fetch(repo, [output(repo)])


def checkout(repo: Repo) -> None:
    """Make the folder what data.dvc names, unless it has a file that no commit holds."""
    try:
        fetch(repo)
        keep_unsaved(repo)
        repo.checkout(targets=[DATA])
    except DvcException as error:
        remote = repo.config["core"].get("remote") or "none is set"
        raise UserError(
            f"{DATA}: the data are not here, and the remote ({remote}) did not give them, or gave "
            f"others than their hashes say: {reason(error)}; look at .dvc/config and at "
            "`dvc remote list`"
        ) from None


def keep_unsaved(repo: Repo) -> None:
    """Raise a UserError if the folder has a file that neither data.dvc nor any commit holds."""
    out = output(repo)
    if not out.exists:
        return
    _, _, here = build(
        out.cache, out.fs_path, out.fs, out.hash_name, ignore=out.dvcignore, dry_run=True
    )
    if here.hash_info == out.hash_info or here.hash_info.value in (versions := _committed()):
        return
    unsaved = set(_listed(here)) - files(repo, out.hash_info.value, fetch=True)
    for version in versions:  # the newest first
        unsaved = unsaved and unsaved - files(repo, version)
    if unsaved:
        first = "/".join((out.def_path, *min(unsaved)[0]))
        raise UserError(
            f"the data here are not those that {DATA} names: {first} is in no commit; first: dvc "
            f"add {out.def_path}, or, to lose it: dvc checkout --force {DATA}"
        )


def version(repo: Repo) -> tuple[str, str]:
    """Return the folder that data.dvc names, and the hash of its version."""
    out = output(repo)
    return out.def_path, out.hash_info.value


def files(repo: Repo, name: str, fetch: bool = False) -> set[File]:
    """Return the files of a version of the data, by its hash; none where its list is not known.

    `fetch`: ask the remote too.
    """
    hash_info = HashInfo("md5", name)
    with suppress(FileNotFoundError, ObjectFormatError):
        return set(_listed(load(repo.cache.local, hash_info)))
    if fetch:
        with suppress(Exception):  # whatever a remote's library raises: it is not known then
            odb = repo.cloud.get_remote_odb(hash_name="md5")
            return set(_listed(load(odb, hash_info)))
    return set()


def _listed(tree: Any) -> Iterator[File]:
    return ((key, found.value) for key, _, found in tree)


def partitions(repo: Repo) -> dict[str, str]:
    """Return the MD5 of each partition that data.dvc names; only their list is fetched."""
    tree = output(repo).get_dir_cache()
    if tree is None:
        raise UserError(
            f"{DATA}: the list of the data is not here, and the remote did not give it; look at "
            ".dvc/config and at `dvc remote list`"
        )
    return {key[-1].removesuffix(".parquet"): found.value for key, _, found in tree}


def cached(repo: Repo, name: str) -> Path | None:
    """Return where the cache has a partition that data.dvc names, if it has."""
    path = Path(repo.cache.local.oid_to_path(partitions(repo)[name]))
    return path if path.exists() else None


def output(repo: Repo) -> Any:
    """Return the one folder that data.dvc names, as DVC has it."""
    outs = repo.stage.load_one(DATA).outs
    if len(outs) != 1:
        raise UserError(f"{DATA} is not what DVC writes; restore it: git checkout {DATA}")
    return outs[0]


def _committed() -> list[str]:
    """Return the hash of each version that a commit of this clone names, those of a stash too."""
    # a stash is a merge, of which Git shows nothing without -m
    said = git("log", "--all", "-m", "-p", "--no-color", "--no-ext-diff", "--format=", "--", DATA)
    return list(dict.fromkeys(VERSION.findall(said)))
