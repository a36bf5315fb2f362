"""Registered versions: Git tags `NAME@vMAJOR.MINOR.PATCH`, as GTO writes and reads them.

They are read by a few Git commands: `gto show` takes seconds where there are hundreds of tags
(https://mlem.ai/doc/gto).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrain.errors import UserError, suggest
from retrain.registry.next_version import Number
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

    @property
    def artifact(self) -> str:
        return self.tag.rpartition("@")[0]


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
    """
    tags, recorded = _tags(artifact), tip.record.versions
    numbers = {tag: number for tag in {*tags, *recorded} if (number := _number(artifact, tag))}
    inside = ancestors({*recorded.values()}, tip.commit)
    found, problems = [], []
    for tag, number in sorted(numbers.items()):
        commit, tagged = recorded.get(tag), tags.get(tag)
        if commit is None:
            problems.append(f"the tag {tag} is not believed: no landing has registered it")
            continue
        if commit in inside:
            found.append(Version(number, tag, commit))
        elif shallow():
            raise UserError(f"the commit of {tag} {REMEDY}")
        else:
            branch = tip.branch or "the default branch"
            problems.append(f"{tag} is not believed: {short(commit)} is not in {branch}")
        if tagged is None:
            problems.append(f"the tag {tag} is gone; a landing registered it for {short(commit)}")
        elif tagged != (commit, "tag"):
            problems.append(
                f"the tag {tag} is not the one that a landing made for {short(commit)}; it names "
                f"{short(tagged[0])}"
            )
    return Versions(sorted(found), problems, frozenset(numbers.values()))


def _tags(artifact: str) -> dict[str, tuple[str, str]]:
    """Return the commits and types of the remote's tags that have the form of a version.

    A tag below such a name, `model@v1.0.0/x`, prevents the tag of that name, and counts by it.
    """
    form = "--format=%(refname) %(objecttype) %(objectname) %(*objectname)"
    found = {}
    for line in git("for-each-ref", form, f"{TAGS}/").splitlines():
        ref, kind, *objects = line.split()
        tag = ref.removeprefix(f"{TAGS}/").partition("/")[0]
        if _number(artifact, tag):
            found[tag] = (objects[-1], kind)
    return found


def of(tag: str, commit: str) -> Version:
    """Return the version that a tag names, which has the form of one."""
    number = _number(tag.rpartition("@")[0], tag)
    assert number
    return Version(number, tag, commit)


def _number(artifact: str, tag: str) -> Number | None:
    name, _, version = tag.rpartition("@")
    number = NAME.fullmatch(version)
    if number is None or name != artifact:
        return None
    major, minor, patch = map(int, number.groups())
    return major, minor, patch


def champion(known: Sequence[Version], name: str | None = None) -> Version | None:
    """Return the version to judge against, the newest unless named; None before the first.

    `known`: the versions, oldest first. `name`: such as `v1.2.0`, or NO_VERSION.
    """
    if name is None:
        return known[-1] if known else None
    named = {each.name: each for each in known}
    if name not in (NO_VERSION, *named):
        raise UserError(
            f"--champion {name} is not a version; {suggest(name, [*named, NO_VERSION])}"
        )
    return named.get(name)
