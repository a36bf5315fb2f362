"""What differs from the base: parameters, data, code, dependencies, tests, the policy.

Read from the base's lock, and not from its files: the lock says what its model was really made of.
"""

import json
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from dvc.repo import Repo
from ruamel.yaml.error import YAMLError

from retrain.errors import UserError
from retrain.files import md5
from retrain.gate.behaviour import NONE
from retrain.paths import DATA, LOCK, PARAMS, PIPELINE, POLICY
from retrain.repo import lockfile, snapshot
from retrain.repo.git import git, named, show
from retrain.report.schema import Change
from retrain.run import outputs
from retrain.run.outputs import Contract, read_text
from retrain.run.requirements import pins
from retrain.settings import Lines, flat, read_yaml

LONGEST = 1000  # characters of a line in the facts
# files in which pytest reads which tests to run, and how
CONFIGURATION = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg")
PROJECT = "pyproject.toml"


def changes(repo: Repo, commit: str, behaviour: str = NONE) -> list[Change]:
    """Return what differs from what made the model of a commit, in a report's order."""
    lock = show(commit, LOCK)
    if lock is None:
        return []
    stages = pipeline_stages()
    return [
        *_settings("parameter", lockfile.parameters(lock), _parameters(stages)),
        *_settings("data", *_partitions(repo, commit, lockfile.inputs(lock))),
        *_files(commit, lock, stages),
        *_settings("pipeline", _commands(lockfile.stages(lock)), _commands(stages)),
        *(_settings("test", *_tests(commit, behaviour)) if behaviour != NONE else ()),
        *_policy(show(commit, POLICY)),
    ]


def _settings(kind: Any, before: Lines, after: Lines) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            old, new = _line(before.get(name)), _line(after.get(name))
            yield Change(kind=kind, name=name[:LONGEST], before=old, after=new)


def _parameters(stages: dict[str, Any]) -> Lines:
    """Return the parameters of this folder that a stage reads; `ingest` makes no model."""
    read = {str(name) for stage in stages.values() for name in stage.get("params", [])}
    found = _yaml(read_text(PARAMS))
    return {key: value for key, value in found.items() if key in read or key.split(".")[0] in read}


def _line(text: str | None) -> str | None:
    return text if text is None or len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _policy(before: str | None) -> Iterator[Change]:
    if before == read_text(POLICY):
        return
    try:
        settings = None if before is None else _yaml(before)
    except YAMLError:
        settings = None
    if settings is None:
        yield Change(kind="policy", name=POLICY, before=None, after="new")
    else:
        yield from _settings("policy", settings, _yaml(read_text(POLICY)))


def _files(commit: str, lock: str, stages: dict[str, Any]) -> Iterator[Change]:
    """Yield the files that a stage reads and that are others than when the model was made."""
    made = lockfile.hashes(lock)
    locked = {
        path: found
        for path, found in lockfile.inputs(lock).items()
        if path not in made and not found.endswith(".dir")
    }
    deps = {str(path) for stage in stages.values() for path in stage.get("deps", [])}
    files = {path for path in deps | set(locked) if path not in made and not Path(path).is_dir()}
    for path in sorted(files):
        before, after = locked.get(path), md5(path) if path in deps else None
        if before == after:
            continue
        if path.startswith("requirements/"):
            yield from _settings("dependency", pins(show(commit, path)), pins(read_text(path)))
        else:
            kind = "contract" if path.startswith("expectations/") else "code"
            state = {"before": before and before[:7], "after": after and after[:7]}
            yield Change(kind=kind, name=path, **state)  # type: ignore[arg-type]


def _commands(stages: dict[str, Any]) -> Lines:
    return {name: str(stage.get("cmd")) for name, stage in stages.items()}


def pipeline_stages() -> dict[str, Any]:
    try:
        stages = read_yaml(read_text(PIPELINE) or "")["stages"]
        return {name: dict(stage) for name, stage in stages.items()}
    except Exception:
        raise UserError(
            f"{PIPELINE} names no stages; restore it: git checkout {PIPELINE}"
        ) from None


def _yaml(text: str | None) -> Lines:
    return flat(read_yaml(text)) if text else {}


def _partitions(repo: Repo, commit: str, locked: Lines) -> tuple[Lines, Lines]:
    """Describe the partitions of a commit's data, and those of this folder's.

    `locked`: the hashes of the inputs of the commit's pipeline, by path.
    """
    before, after = (_counted(outputs.validation(each)) for each in (commit, None))
    folder, now = snapshot.version(repo)
    then = locked.get(folder, now)
    if then == now:
        return before, after
    old, new = (dict(snapshot.files(repo, version, fetch=True)) for version in (then, now))
    if not (old and new):  # only their lists say which files differ
        return before | {DATA: then[:7]}, after | {DATA: now[:7]}
    for key in old.keys() & new.keys():
        name = str(PurePosixPath(*key).with_suffix(""))
        if old[key] != new[key] and before.get(name) == after.get(name):
            after[name] = f"{before.setdefault(name, 'rows not counted')}, other content"
    return before, after


def _counted(found: Contract | None) -> Lines:
    return {name: f"{count:,} rows" for name, count in (found.rows if found else {}).items()}


def _tests(commit: str, behaviour: str) -> tuple[Lines, Lines]:
    """Return the files that decide which behaviour tests run, each with a hash of its content.

    `behaviour`: the folder of these tests, or their file.
    """
    parents = (parent / "conftest.py" for parent in PurePosixPath(behaviour).parents)
    paths = (behaviour, *CONFIGURATION, *map(str, parents))
    kinds = ("--cached", f"--with-tree={commit}", "--others", "--exclude-standard", "--deduplicate")
    listed = git("-c", "core.quotePath=false", "ls-files", *kinds, "--", *paths).splitlines()
    before = {path: name[:7] for path in listed if (name := named(commit, path))}
    here = [path for path in listed if Path(path).is_file()]
    hashes = git("hash-object", "--", *here).splitlines() if here else []
    after = dict(zip(here, (each[:7] for each in hashes), strict=True))
    return before | _section(show(commit, PROJECT)), after | _section(read_text(PROJECT))


def _section(text: str | None) -> Lines:
    try:
        section = tomllib.loads(text or "").get("tool", {}).get("pytest")
    except tomllib.TOMLDecodeError:
        section = text
    if section is None:
        return {}
    content = json.dumps(section, sort_keys=True, default=str)
    return {f"{PROJECT}: tool.pytest": sha256(content.encode()).hexdigest()[:7]}
