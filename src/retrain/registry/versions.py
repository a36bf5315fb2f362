"""Registered versions: Git tags `NAME@vMAJOR.MINOR.PATCH`, as GTO writes and reads them.

Read by one Git command: `gto show` takes seconds at some hundred tags (https://mlem.ai/doc/gto).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from retrain.ci.git import ask, git
from retrain.ci.verdict import Kind
from retrain.errors import UserError, suggest
from retrain.settings import read_yaml

Number = tuple[int, int, int]
FIRST: Number = (1, 0, 0)
DATA = "data"  # the folder of the data, as a lock names it
NAME = re.compile(r"v([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})")
NO_VERSION = "none"  # in place of the champion's name: as before the first version


@dataclass(frozen=True, order=True)
class Version:
    """A registered version: its number, its tag, and the commit that the tag names."""

    number: Number
    tag: str
    commit: str

    @property
    def name(self) -> str:
        """Return `v1.2.0`."""
        return self.tag.rpartition("@")[2]


def registered(artifact: str, tags: str = "refs/tags") -> list[Version]:
    """Return the versions of an artifact, oldest first, among the tags below a ref."""
    listed = git(
        "for-each-ref",
        "--format=%(refname) %(objectname) %(*objectname)",
        f"{tags}/{artifact}@v*",
    )
    found = []
    for line in listed.splitlines():
        ref, *commits = line.split()
        tag = ref.removeprefix(f"{tags}/")
        number = NAME.fullmatch(tag.removeprefix(f"{artifact}@"))
        if number:
            major, minor, patch = map(int, number.groups())
            found.append(Version((major, minor, patch), tag, commits[-1]))
    return sorted(found)


def champion(artifact: str, tags: str = "refs/tags", name: str | None = None) -> Version | None:
    """Return the version to judge against, or None before the first.

    Args:
        artifact: whose versions these are.
        tags: the ref that they are below.
        name: of the version, such as `v1.2.0`, or NO_VERSION; the newest unless given.

    Raises:
        UserError: if there is no such version.
    """
    known = {each.name: each for each in registered(artifact, tags)}
    if name is None:
        return next(reversed(known.values()), None)
    if name not in (NO_VERSION, *known):
        near = suggest(name, [*known, NO_VERSION])
        raise UserError(f"--champion {name} is not a version; {near}")
    return known.get(name)


def of_lock(versions: Iterable[Version], lock: str | None) -> Version | None:
    """Return the version that was registered for the dvc.lock with this Git object name."""
    same = (
        each for each in versions if lock and ask("rev-parse", f"{each.commit}:dvc.lock") == lock
    )
    return next(same, None)


def following(before: Version | None, old: str, new: str, major: Iterable[str]) -> Number:
    """Return the number of the version after `before`, by what differs between two locks' texts.

    Major: a file of `major`, which decides what the model is given. Minor: parameters, other code,
    commands, dependencies. Patch: nothing but data.
    """
    if before is None:
        return FIRST
    first, second, third = before.number
    names = changed(old, new)
    if names & set(major):
        return first + 1, 0, 0
    return (first, second + 1, 0) if names else (first, second, third + 1)


def kind(old: str, new: str) -> Kind:
    """Return whether two locks differ in their data and in nothing else."""
    return "data" if _data(old) != _data(new) and not changed(old, new) else "change"


def _data(lock: str) -> set[str]:
    return {
        dep["md5"]
        for stage in read_yaml(lock)["stages"].values()
        for dep in stage.get("deps", [])
        if dep["path"] == DATA
    }


def changed(old: str, new: str) -> set[str]:
    """Return what differs between what two locks were made of, but for the data."""
    return {name for name, _ in _inputs(old).items() ^ _inputs(new).items()}


def _inputs(lock: str) -> dict[str, str]:
    """Return everything that a lock names and that is neither data nor made from them, by name."""
    stages: dict[str, Any] = read_yaml(lock)["stages"]
    made = {out["path"] for stage in stages.values() for out in stage.get("outs", [])}
    found = {}
    for name, stage in stages.items():
        found[f"the command of {name}"] = str(stage.get("cmd"))
        found[f"the parameters of {name}"] = repr(stage.get("params"))
        for dep in stage.get("deps", []):
            if dep["path"] not in {*made, DATA}:
                found[dep["path"]] = dep["md5"]
    return found
