"""The parts of a candidate, each checked by what names it: files, lock, data and objects."""

from pathlib import Path
from typing import Any

from dvc.repo import Repo
from dvc_data.hashfile.build import build
from dvc_data.hashfile.hash_info import HashInfo

from retrain.errors import UserError
from retrain.files import md5, place
from retrain.gate.schema import Verdict
from retrain.landing.candidate import check_names
from retrain.landing.prepare import default_remote
from retrain.paths import DATA, LOCK, MODEL
from retrain.repo.dvc import in_git, pipeline
from retrain.repo.git import show
from retrain.repo.lockfile import HASH, REMEDY, hashes, listed, named, stages
from retrain.settings import read_yaml

FIELDS = {"path", "hash", "md5", "size", "nfiles"}  # of an output or a dependency in a lock


def files(repo: Repo, folder: Path) -> list[str]:
    """Return the paths of a candidate's files: lock, data.dvc and what Git keeps of the outputs."""
    known = (LOCK, DATA, *in_git(repo))
    check_names(folder, REMEDY)
    for path in (path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder)
        if not any(name.is_relative_to(each) for each in known):
            raise UserError(f"{name} is not made by a stage of dvc.yaml; {REMEDY}")
    if missing := [path for path in known if not (folder / path).exists()]:
        raise UserError(f"{missing[0]} is missing in the candidate; {REMEDY}")
    return list(known)


def check_lock(repo: Repo, lock: str, verdict: Verdict | None) -> None:
    """Raise unless a lock names the stages' outputs and nothing else, and the verdict's model."""
    locked = stages(lock, f"the candidate's {LOCK}")
    made = hashes(lock)
    expected = {stage.name: {str(out) for out in stage.outs} for stage in pipeline(repo)}
    if unknown := made.keys() - {path for paths in expected.values() for path in paths}:
        raise UserError(f"{LOCK} names {min(unknown)}, which no stage of dvc.yaml makes; {REMEDY}")
    outs = {name: {out["path"] for out in stage.get("outs", [])} for name, stage in locked.items()}
    if outs != expected:
        raise UserError(f"{LOCK} names other stages or outputs than dvc.yaml; {REMEDY}")
    for name, stage in locked.items():
        _check_stage(name, stage, made)
    if verdict and verdict.model != made.get(MODEL):
        raise UserError(f"the verdict is of another model than {LOCK} names; {REMEDY}")


def _check_stage(name: str, stage: dict[str, Any], made: dict[str, str]) -> None:
    """Raise unless a stage of a lock names each file once, as DVC does.

    `made`: the hash of every output in the lock, by path.
    """
    deps, outs = stage.get("deps", []), stage.get("outs", [])
    if len({out["path"] for out in outs}) != len(outs):
        raise UserError(f"{LOCK}: {name} names an output twice; {REMEDY}")
    for each in (*deps, *outs):
        if set(each) - FIELDS or each.get("hash") != "md5" or not HASH.fullmatch(each["md5"]):
            raise UserError(f"{LOCK}: {each['path']} is not as DVC writes it; {REMEDY}")
    for dep in deps:
        if made.get(dep["path"], dep["md5"]) != dep["md5"]:
            raise UserError(f"{LOCK}: {name} has read another {dep['path']}; {REMEDY}")


def check_data(file: Path, new_data: bool) -> None:
    """Raise unless data.dvc is the commit's; with `new_data`, its version may be another one."""
    texts = (file.read_text("utf-8"), show("HEAD", DATA))
    (version, rest), (committed, committed_rest) = map(_data, texts)
    if rest != committed_rest or not HASH.fullmatch(version):
        raise UserError(f"{DATA} differs in more than its version; {REMEDY}")
    if version != committed and not new_data:
        raise UserError(f"{DATA} is another one, and no new data were requested; {REMEDY}")


def _data(text: str | None) -> tuple[str, Any]:
    """Return the version that a data.dvc names, and the rest of its content."""
    try:
        found = read_yaml(text or "")
        (out,) = found.pop("outs")
        version = str(out.pop("md5"))
        counts = {"size", "nfiles"}
        return version, (found, {name: out[name] for name in out if name not in counts})
    except Exception:
        raise UserError(f"{DATA} is not what DVC writes; {REMEDY}") from None


def check_in_git(repo: Repo, lock: str) -> None:
    """Raise unless the outputs that Git keeps are what the lock names."""
    locked = hashes(lock)
    for stage in pipeline(repo):
        for out in (out for out in stage.outs if not out.use_cache):
            _, _, found = build(
                out.cache, out.fs_path, out.fs, "md5", ignore=out.dvcignore, dry_run=True
            )
            if found.hash_info.value != locked.get(str(out)):
                raise UserError(f"{out} is not what {LOCK} names; {REMEDY}")


def push(repo: Repo, folder: Path, lock: str) -> None:
    """Put a candidate's objects on the remote; raise unless each is what its name says."""
    names = named(lock, Path(DATA).read_text("utf-8"), in_git(repo))
    lists = [folder / name for name in names if name.endswith(".dir")]
    names |= {name for file in lists for name in listed(file)}
    for path in sorted(folder.glob("*")):
        if path.name not in names:
            raise UserError(f"nothing names the object {path.name}; {REMEDY}")
        if md5(str(path)) != path.name.removesuffix(".dir"):
            raise UserError(f"the object {path.name} has another content; {REMEDY}")
        place(path, Path(repo.cache.local.oid_to_path(path.name)))
    infos = {HashInfo("md5", name) for name in names}
    repo.cloud.push(infos, remote=default_remote(repo))
    status = repo.cloud.status(infos, remote=default_remote(repo))
    if lost := {info.value for info in {*status.missing, *status.new}}:
        raise UserError(f"the DVC remote lacks {min(lost)}; {REMEDY}")
