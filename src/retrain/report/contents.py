"""Data and behaviour tests at the base and in this folder: a line for each partition or file."""

import json
import tomllib
from hashlib import sha256
from pathlib import Path, PurePosixPath

from dvc.repo import Repo

from retrain.paths import DATA
from retrain.repo import snapshot
from retrain.repo.git import git, named, show
from retrain.run import outputs
from retrain.run.outputs import Contract

Lines = dict[str, str]
# files in which pytest reads which tests to run, and how
CONFIGURATION = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg")
PROJECT = "pyproject.toml"


def partitions(repo: Repo, commit: str, locked: Lines) -> tuple[Lines, Lines]:
    """Describe the partitions of a commit's data, and those of this folder's.

    Args:
        repo: see `dvc.opened`.
        commit: whose validation has counted the rows.
        locked: the hashes of its pipeline's inputs, by path.
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


def tests(commit: str, behaviour: str) -> tuple[Lines, Lines]:
    """Return the files that decide which behaviour tests run, each with a hash of its content.

    Args:
        commit: the base.
        behaviour: the folder of these tests, or their file.
    """
    parents = (parent / "conftest.py" for parent in PurePosixPath(behaviour).parents)
    paths = (behaviour, *CONFIGURATION, *map(str, parents))
    kinds = ("--cached", f"--with-tree={commit}", "--others", "--exclude-standard", "--deduplicate")
    listed = git("-c", "core.quotePath=false", "ls-files", *kinds, "--", *paths).splitlines()
    before = {path: name[:7] for path in listed if (name := named(commit, path))}
    here = [path for path in listed if Path(path).is_file()]
    hashes = git("hash-object", "--", *here).splitlines() if here else []
    after = dict(zip(here, (each[:7] for each in hashes), strict=True))
    project = Path(PROJECT).read_text("utf-8") if Path(PROJECT).is_file() else None
    return before | _section(show(commit, PROJECT)), after | _section(project)


def _section(text: str | None) -> Lines:
    try:
        section = tomllib.loads(text or "").get("tool", {}).get("pytest")
    except tomllib.TOMLDecodeError:
        section = text
    if section is None:
        return {}
    content = json.dumps(section, sort_keys=True, default=str)
    return {f"{PROJECT}: tool.pytest": sha256(content.encode()).hexdigest()[:7]}
