"""Registered versions: Git tags `NAME@vMAJOR.MINOR.PATCH`, as GTO writes and reads them.

Read by one Git command: `gto show` takes seconds at some hundred tags (https://mlem.ai/doc/gto).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrain.ci.git import git, short
from retrain.ci.remote import TAGS, Tip
from retrain.errors import UserError, suggest
from retrain.registry.numbers import FIRST, Number

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


@dataclass(frozen=True)
class Versions:
    """The versions of an artifact, oldest first, and what is wrong with other tags."""

    registered: list[Version]
    problems: list[str]
    taken: frozenset[Number]  # every number that a tag has, or had


def read(artifact: str, tip: Tip) -> Versions:
    """Return what may be believed of the remote's tags.

    A version is an annotated tag of the commit for which a landing has recorded it, and that commit
    is in the default branch.
    """
    tags = _tags(artifact, TAGS)
    inside = _tags(artifact, TAGS, f"--merged={tip.commit}")
    recorded = {
        tag: commit for tag, commit in tip.record.versions.items() if _number(artifact, tag)
    }
    found, problems = [], []
    for tag in sorted({*tags, *recorded}):
        commit, kind = tags.get(tag, (None, ""))
        if problem := _problem(commit, kind, recorded.get(tag), tag in inside, tip.branch):
            problems.append(f"{tag} is not believed: {problem}")
        else:
            found.append(Version(_number(artifact, tag) or FIRST, tag, str(commit)))
    taken = frozenset(number for tag in {*tags, *recorded} if (number := _number(artifact, tag)))
    return Versions(sorted(found), problems, taken)


def _problem(
    commit: str | None, kind: str, recorded: str | None, inside: bool, branch: str
) -> str | None:
    """Return why a tag is no version."""
    if commit is None:
        return f"a landing registered it for {short(str(recorded))}, and the tag is gone"
    if recorded is None:
        return "no landing has registered it"
    if commit != recorded:
        return f"it names {short(commit)}, and a landing registered it for {short(recorded)}"
    if kind != "tag":
        return "it is not an annotated tag"
    return None if inside else f"its commit, {short(commit)}, is not in {branch}"


def _tags(artifact: str, below: str, *words: str) -> dict[str, tuple[str, str]]:
    """Return the tags below a ref that look like versions: their commits, and their types."""
    form = "--format=%(refname) %(objecttype) %(objectname) %(*objectname)"
    listed = git("for-each-ref", form, *words, f"{below}/{artifact}@v*")
    found = {}
    for line in listed.splitlines():
        ref, kind, *objects = line.split()
        found[ref.removeprefix(f"{below}/")] = (objects[-1], kind)
    return {tag: each for tag, each in found.items() if _number(artifact, tag)}


def _number(artifact: str, tag: str) -> Number | None:
    number = NAME.fullmatch(tag.removeprefix(f"{artifact}@"))
    if number is None or not tag.startswith(f"{artifact}@"):
        return None
    major, minor, patch = map(int, number.groups())
    return major, minor, patch


def champion(known: Sequence[Version], name: str | None = None) -> Version | None:
    """Return the version to judge against, or None before the first.

    Args:
        known: the versions, oldest first.
        name: of the version, such as `v1.2.0`, or NO_VERSION; the newest unless given.

    Raises:
        UserError: if there is no such version.
    """
    named = {each.name: each for each in known}
    if name is None:
        return next(reversed(named.values()), None)
    if name not in (NO_VERSION, *named):
        near = suggest(name, [*named, NO_VERSION])
        raise UserError(f"--champion {name} is not a version; {near}")
    return named.get(name)
