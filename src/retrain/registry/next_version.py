"""The differences between two locks, and the version number that follows from them."""

from collections.abc import Collection, Iterable
from typing import Literal

from retrain.repo import lockfile

Number = tuple[int, int, int]
FIRST: Number = (1, 0, 0)
Kind = Literal["change", "data"]  # what differs between two locks: anything, or the data alone
DATA = "data"  # the folder of the data, as a lock names it


def following(
    before: Number | None,
    old: str,
    new: str,
    major: Iterable[str],
    taken: Collection[Number] = (),
) -> Number:
    """Return the number of the version after `before`, by the difference between two locks' texts.

    Major: a file of `major`, which decides what the model is given. Minor: parameters, other code,
    commands, dependencies. Patch: data alone, or a number that is `taken`.
    """
    first, minor, patch = FIRST
    if before:
        first, minor, patch = before
        names = changed(old, new)
        if names & set(major):
            first, minor, patch = first + 1, 0, 0
        elif names:
            minor, patch = minor + 1, 0
        else:
            patch += 1
    while (first, minor, patch) in taken:
        patch += 1
    return first, minor, patch


def kind(old: str, new: str) -> Kind:
    """Return whether two locks differ in their data and in nothing else."""
    data = {lockfile.inputs(lock).get(DATA) for lock in (old, new)}
    return "data" if len(data) == 2 and not changed(old, new) else "change"


def changed(old: str, new: str) -> set[str]:
    """Return the inputs in which two locks differ, other than the data."""
    return {name for name, _ in _inputs(old).items() ^ _inputs(new).items()}


def _inputs(lock: str) -> dict[str, str]:
    """Return by name everything in a lock that is neither data nor made from them."""
    excluded = {*lockfile.hashes(lock), DATA}
    found = {path: md5 for path, md5 in lockfile.inputs(lock).items() if path not in excluded}
    for name, stage in lockfile.stages(lock).items():
        found[f"the command of {name}"] = str(stage.get("cmd"))
        found[f"the parameters of {name}"] = repr(stage.get("params"))
    return found
