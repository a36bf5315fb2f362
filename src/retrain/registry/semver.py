"""What differs between two locks, and the number that a version gets for it."""

from collections.abc import Collection, Iterable
from typing import Literal

from retrain.repo import locks

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
    """Return the number of the version after `before`, by what differs between two locks' texts.

    Major: a file of `major`, which decides what the model is given. Minor: parameters, other code,
    commands, dependencies. Patch: nothing but data, or that the number is `taken`.
    """
    number = FIRST
    if before:
        first, second, third = before
        names = changed(old, new)
        number = (first, second + 1, 0) if names else (first, second, third + 1)
        if names & set(major):
            number = (first + 1, 0, 0)
    while number in taken:
        number = (*number[:2], number[2] + 1)
    return number


def kind(old: str, new: str) -> Kind:
    """Return whether two locks differ in their data and in nothing else."""
    data = {locks.inputs(lock).get(DATA) for lock in (old, new)}
    return "data" if len(data) == 2 and not changed(old, new) else "change"


def changed(old: str, new: str) -> set[str]:
    """Return what differs between what two locks were made of, but for the data."""
    return {name for name, _ in _inputs(old).items() ^ _inputs(new).items()}


def _inputs(lock: str) -> dict[str, str]:
    """Return everything that a lock names and that is neither data nor made from them, by name."""
    besides = {*locks.hashes(lock), DATA}
    found = {path: md5 for path, md5 in locks.inputs(lock).items() if path not in besides}
    for name, stage in locks.stages(lock).items():
        found[f"the command of {name}"] = str(stage.get("cmd"))
        found[f"the parameters of {name}"] = repr(stage.get("params"))
    return found
