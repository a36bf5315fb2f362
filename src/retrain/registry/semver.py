"""The differences between two locks, and the version number that follows from them."""

from collections.abc import Collection, Iterable
from typing import Any, Literal

from retrain.settings import read_yaml

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
    return "data" if _data(old) != _data(new) and not changed(old, new) else "change"


def _data(lock: str) -> set[str]:
    return {
        dep["md5"]
        for stage in read_yaml(lock)["stages"].values()
        for dep in stage.get("deps", [])
        if dep["path"] == DATA
    }


def changed(old: str, new: str) -> set[str]:
    """Return the inputs in which two locks differ, other than the data."""
    return {name for name, _ in _inputs(old).items() ^ _inputs(new).items()}


def _inputs(lock: str) -> dict[str, str]:
    """Return the inputs of a lock's stages by name, other than the data and the outputs."""
    stages: dict[str, Any] = read_yaml(lock)["stages"]
    outs = {out["path"] for stage in stages.values() for out in stage.get("outs", [])}
    found = {}
    for name, stage in stages.items():
        found[f"the command of {name}"] = str(stage.get("cmd"))
        found[f"the parameters of {name}"] = repr(stage.get("params"))
        for dep in stage.get("deps", []):
            if dep["path"] not in {*outs, DATA}:
                found[dep["path"]] = dep["md5"]
    return found
