"""What a build hands to the job that lands it: a folder of data, of which nothing is ever run.

`candidate.json` says what it was built on, `files/` holds lock and reports, `objects/` what DVC
keeps elsewhere, each by its MD5. The build has run the model's code, which may have left anything.
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
from retrain.files import place, write_json
from retrain.gate.schema import Verdict
from retrain.landing.prepare import Ready, everybodys
from retrain.paths import DATA, FACTS, LOCK
from retrain.repo.dvc import in_git
from retrain.repo.git import show
from retrain.repo.locks import REMEDY, listed, named
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
    built: bool  # False: nothing had to be
    verdict: Verdict | None


def pack(repo: Repo, ready: Ready, run: str) -> str:
    """Write what was built into FOLDER; return the hash of all of it.

    `run` is the name of the run of the forge.
    """
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "objects").mkdir(parents=True)
    (FOLDER / "files").mkdir()
    if ready.built:
        for path in (LOCK, DATA, *in_git(repo)):
            place(Path(path), FOLDER / "files" / path)
        if strange := hidden(FOLDER / "files"):
            raise UserError(f"{strange}: a name that begins with a dot does not land; rename it")
        for name in sorted(_wanted(repo)):
            place(_object(repo, name), FOLDER / "objects" / name)
    place(Path(FACTS), FOLDER / FACTS)
    about = Candidate(
        run=run,
        tip=ready.tip.commit,
        record=ready.tip.record.tip,
        built=ready.built,
        verdict=ready.verdict if ready.built else None,
    )
    write_json(FOLDER / ABOUT, about.model_dump(mode="json"))
    return digest(FOLDER)


def read(folder: Path) -> Candidate:
    """Return what a candidate says of itself.

    Raises:
        UserError: if there is none, or it is not what `pack` writes.
    """
    file = folder / ABOUT
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink() or (path.exists() and not (path.is_file() or path.is_dir())):
            raise UserError(f"{path} is not a file; {REMEDY}")
    if not file.is_file() or file.stat().st_size > LARGEST:
        raise UserError(f"{file} is missing or too large; {REMEDY}")
    return from_json(file.read_bytes(), Candidate, file, REMEDY)


def hidden(folder: Path) -> Path | None:
    """Return a path in a folder, if any, that Git or DVC would not take for a plain file."""
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*")))
    wrong = (
        path
        for path in paths
        if any(part.startswith(".") for part in path.parts) or path.suffix == ".tmp"
    )
    return next(wrong, None)


def digest(folder: Path) -> str:
    """Return the SHA-256 of a folder: of names and contents."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        found.update(f"{content} {path.relative_to(folder)}\n".encode())
    return found.hexdigest()


def note_stored(repo: Repo, commit: str | None) -> None:
    """Note which objects of a commit's lock and of today's data the remote has.

    A build has no key of the remote, and hands over what is not among them.
    """
    data = Path(DATA).read_text("utf-8")
    lock = show(commit, LOCK) if commit else None
    names = named(lock or "stages: {}", data, in_git(repo))
    found = repo.cloud.status(_infos(repo, names), remote=everybodys(repo))
    stored = sorted(str(info.value) for info in {*found.ok, *found.deleted})
    write_json(Path(repo.tmp_dir) / STORED, stored)


def _wanted(repo: Repo) -> set[str]:
    """Return the objects that the remote may lack, and the lists of all folders."""
    names = named(Path(LOCK).read_text("utf-8"), Path(DATA).read_text("utf-8"), in_git(repo))
    folders = {name for name in names if name.endswith(".dir")}
    note = Path(repo.tmp_dir) / STORED
    stored = set(json.loads(note.read_text("utf-8"))) if note.exists() else set()
    return folders | ({str(info.value) for info in _infos(repo, names)} - stored)


def _infos(repo: Repo, names: set[str]) -> set[HashInfo]:
    """Return objects, and what is in those that are folders: DVC looks at their lists alone."""
    folders = {name for name in names if name.endswith(".dir") and _object(repo, name).exists()}
    inside = {each for name in folders for each in listed(_object(repo, name))}
    return {HashInfo("md5", name) for name in names | inside}


def _object(repo: Repo, name: str) -> Path:
    return Path(repo.cache.local.oid_to_path(name))
