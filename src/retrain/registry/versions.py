"""Registered versions: Git tags `NAME@vMAJOR.MINOR.PATCH`, as GTO writes and reads them.

They are read by a few Git commands: `gto show` takes seconds where there are hundreds of tags
(https://mlem.ai/doc/gto).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrain.errors import UserError, suggest
from retrain.registry.semver import FIRST, Number
from retrain.repo.base import REMEDY, shallow
from retrain.repo.git import ancestors, git, short
from retrain.repo.remote import TAGS, Tip

NAME = re.compile(r"v([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})")
NO_VERSION = "none"  # in place of the champion's name: judge as before the first version


@dataclass(frozen=True, order=True)
class Version:
    number: Number
    tag: str
    commit: str

    @property
    def name(self) -> str:
        return self.tag.rpartition("@")[2]


@dataclass(frozen=True)
class Versions:
    """The versions of an artifact, oldest first, and the problems of its other tags."""

    registered: list[Version]
    problems: list[str]
    taken: frozenset[Number]  # every number that a tag has, or had


def read(artifact: str, tip: Tip) -> Versions:
    """Return the remote's versions.

    A version is what a landing has recorded, if its commit is in the default branch. The tags show
    it to people and to other programs: a tag that differs is a problem, and is not used.

    Raises:
        UserError: if this clone is too shallow to know.
    """
    tags = _tags(artifact)
    recorded = {
        tag: commit for tag, commit in tip.record.versions.items() if _number(artifact, tag)
    }
    found, problems = [], []
    inside = ancestors({*recorded.values()}, tip.commit)
    for tag, commit in recorded.items():
        if commit in inside:
            found.append(Version(_number(artifact, tag) or FIRST, tag, commit))
        elif shallow():
            raise UserError(f"the commit of {tag} {REMEDY}")
        else:
            where = tip.branch or "the default branch"
            problems.append(f"{tag} is not believed: {short(commit)} is not in {where}")
    for tag in sorted({*tags, *recorded}):
        problems += _problem(tag, tags.get(tag), recorded.get(tag))
    taken = {number for tag in {*tags, *recorded} if (number := _number(artifact, tag))}
    return Versions(sorted(found), problems, frozenset(taken))


def _problem(tag: str, named: tuple[str, str] | None, recorded: str | None) -> list[str]:
    """Return the problem of a tag, if it has one; `named` is its commit and its type."""
    if recorded is None:
        return [f"the tag {tag} is not believed: no landing has registered it"]
    if named is None:
        return [f"the tag {tag} is gone; a landing registered it for {short(recorded)}"]
    if named != (recorded, "tag"):
        return [
            f"the tag {tag} is not the one that a landing made for {short(recorded)}; it names "
            f"{short(named[0])}"
        ]
    return []


def _tags(artifact: str) -> dict[str, tuple[str, str]]:
    """Return the remote's tags that look like versions: their commits, and their types.

    A tag below such a name, `model@v1.0.0/x`, is in the way of it: it counts by that name.
    """
    form = "--format=%(refname) %(objecttype) %(objectname) %(*objectname)"
    found = {}
    for line in git("for-each-ref", form, f"{TAGS}/").splitlines():
        ref, kind, *objects = line.split()
        tag = ref.removeprefix(f"{TAGS}/").partition("/")[0]
        if _number(artifact, tag):
            found[tag] = (objects[-1], kind)
    return found


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
