"""What a build leaves for the job that lands it: a folder of data, of which nothing is ever run.

`candidate.json` says what it was built on, `files/` holds lock and reports, `objects/` what DVC
keeps elsewhere, each by its MD5. The build has run the model's code, so any of it may be forged.
"""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Annotated

from dvc.repo import Repo
from dvc_data.hashfile.hash_info import HashInfo
from pydantic import Field

from retrain.errors import UserError
from retrain.files import place, sha256, write_json
from retrain.gate.schema import Verdict
from retrain.landing.prepare import Ready, default_remote
from retrain.paths import DATA, FACTS, LOCK
from retrain.repo.dvc import in_git
from retrain.repo.git import show
from retrain.repo.lockfile import REMEDY, listed, named
from retrain.settings import Line, Section, from_json

FOLDER = Path("candidate")
ABOUT = "candidate.json"
STORED = "retrain-stored.json"  # in DVC's folder for scratch files
LARGEST = 5_000_000  # bytes of it
Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{40,64}$")]


class Candidate(Section):
    """What was built: by which run of the forge, on what, and how it was judged."""

    run: Line
    tip: Commit  # the newest commit of the default branch
    record: Commit | None  # the newest of the record of landings
    verdict: Verdict | None  # None: nothing had to be built


def pack(repo: Repo, ready: Ready, run: str) -> str:
    """Write what a run of the forge has built into FOLDER; return the hash of all of it."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    if ready.verdict:
        for path in (LOCK, DATA, *in_git(repo)):
            place(Path(path), FOLDER / "files" / path)
        check_names(FOLDER / "files", "rename it")
        for name in sorted(_wanted(repo)):
            place(Path(repo.cache.local.oid_to_path(name)), FOLDER / "objects" / name)
    place(Path(FACTS), FOLDER / FACTS)
    about = Candidate(
        run=run,
        tip=ready.tip.commit,
        record=ready.tip.record.tip,
        verdict=ready.verdict,
    )
    write_json(FOLDER / ABOUT, about.model_dump(mode="json"))
    return digest(FOLDER)


def read(folder: Path) -> Candidate:
    """Return what a candidate says about itself, if it is what `pack` writes."""
    file = folder / ABOUT
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink() or (path.exists() and not (path.is_file() or path.is_dir())):
            raise UserError(f"{path} is not a file; {REMEDY}")
    if not file.is_file() or file.stat().st_size > LARGEST:
        raise UserError(f"{file} is missing or too large; {REMEDY}")
    return from_json(file.read_bytes(), Candidate, file, REMEDY)


def check_names(folder: Path, remedy: str) -> None:
    """Raise unless all paths in a folder are plain files for Git and DVC.

    A .git would be run, and a .gitattributes obeyed.
    """
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if any(part.startswith(".") for part in name.parts) or name.suffix == ".tmp":
            raise UserError(f"{name} begins with a dot, or is a scratch file; {remedy}")


def digest(folder: Path) -> str:
    """Return the SHA-256 of a folder: of names and contents."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(f"{sha256(path)} {path.relative_to(folder)}\n".encode())
    return found.hexdigest()


def note_stored(repo: Repo, commit: str | None) -> None:
    """Note which objects of a commit's lock and of today's data the remote has.

    A build has no key of the remote, and leaves in the candidate what is not among them.
    """
    lock = show(commit, LOCK) if commit else None
    found = repo.cloud.status(_named(repo, lock or "stages: {}"), remote=default_remote(repo))
    stored = sorted(str(info.value) for info in {*found.ok, *found.deleted})
    write_json(Path(repo.tmp_dir) / STORED, stored)


def _wanted(repo: Repo) -> set[str]:
    """Return the objects that the remote may lack, and the lists of all folders."""
    names = {str(info.value) for info in _named(repo, Path(LOCK).read_text("utf-8"))}
    note = Path(repo.tmp_dir) / STORED
    stored = set(json.loads(note.read_text("utf-8"))) if note.exists() else set()
    return {name for name in names if name.endswith(".dir") or name not in stored}


def _named(repo: Repo, lock: str) -> set[HashInfo]:
    """Return the objects that a lock and data.dvc name, and those in their folders.

    For a folder, DVC by itself would look for its list only; one that is not cached is left out.
    """
    names = named(lock, Path(DATA).read_text("utf-8"), in_git(repo))
    paths = [Path(repo.cache.local.oid_to_path(name)) for name in names if name.endswith(".dir")]
    inside = {name for path in paths if path.exists() for name in listed(path)}
    return {HashInfo("md5", name) for name in names | inside}
