"""Which version of the template a copy gets, and what of it: a commit to be picked."""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from posixpath import normpath
from tempfile import TemporaryDirectory
from typing import Any

from update_git import ANSWER, DOWNLOAD, ROOT, Git, end, here, reason, shown

FILE, CHANGES = "template.toml", "CHANGELOG.md"
VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)")
HEADING = re.compile(r"## (v\d+\.\d+\.\d+)\b")
SOURCE = re.compile(r"(?m)^source\b.*$")
KINDS = {"version": str, "source": str, "yours": list, "left_behind": list}


def number(version: str) -> tuple[int, ...]:
    found = VERSION.fullmatch(version)
    return tuple(map(int, found.groups())) if found else ()


def settings(text: str | None, whose: str) -> dict[str, Any]:
    """Return what a template.toml says, or end."""
    if text is None:
        end(f"{whose} has no {FILE}, which says its version; add the template's, and commit it")
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        end(f"{FILE} of {whose} is not TOML; correct it, and commit it: {error}")
    for name, kind in KINDS.items():
        value = said.get(name)
        if not isinstance(value, kind) or not all(isinstance(each, str) for each in value):
            what = "a text" if kind is str else "a list of paths"
            end(f"{FILE} of {whose}: {name} is not {what}; correct it, and commit it")
        if patterns := [each for each in value if kind is list and re.search(r"[*?\[]", each)]:
            end(f"{FILE} of {whose}: {patterns[0]} is a pattern; name files and folders instead")
    if not number(said["version"]):
        end(f"{FILE} of {whose}: version is {said['version']!r}, and not one such as v1.0.0")
    return said


def versions(url: str) -> dict[str, str]:
    """Return the versions that the template has, the newest last, and what each tag names."""
    asked = here.call("ls-remote", "--tags", "--refs", "--", url, seconds=ANSWER)
    if asked.returncode:
        end(
            f"the template at {shown(url)} cannot be read ({reason(asked)}); check the address "
            f"(source in {FILE}, or FROM=URL), the network, and whether you may read it"
        )
    tags = {
        name: named
        for named, _, name in (line.partition("\trefs/tags/") for line in asked.stdout.splitlines())
    }
    return {tag: tags[tag] for tag in sorted(filter(number, tags), key=number)}


def choose(known: Iterable[str], mine: str, asked: str | None, url: str) -> str:
    """Return the version to update to; end where there is none, or nothing to do."""
    known = [*known]
    if not known:
        end(f"{url} has no versions (tags such as v1.0.0); is it the template?")
    if mine not in known:
        end(
            f"this copy's version, {mine}, is not at {url}, which has {', '.join(known)}; write in "
            f"{FILE} from which this copy was made, or name another address: make update FROM=URL"
        )
    if asked and asked not in known:
        end(f"{url} has no version {asked}; it has {', '.join(known)}")
    target = asked or known[-1]
    if number(target) < number(mine):
        end(f"{target} is older than this copy's {mine}; to go back: git revert that update")
    if target == mine:
        print(f"This copy is up to date: it has {mine}.")
        sys.exit()
    return target


def within(path: str, entries: Iterable[str]) -> bool:
    return any(f"{path}/".startswith(f"{normpath(entry)}/") for entry in entries)


def untouched(
    mine: dict[str, Any], theirs: dict[str, Any], here: Iterable[str], old: Iterable[str]
) -> set[str]:
    """Return the entries that an update leaves as they are.

    What is new in the template's `left_behind` stays out where the copy has removed any of it.
    """
    left = {*mine["left_behind"], *theirs["left_behind"]}
    kept = {*here} & {*old}
    left = {entry for entry in left if not any(within(path, [entry]) for path in kept)}
    removed = any(within(path, left) for path in old)
    return {*mine["yours"], *(left if removed else ())}


def base(git: Git, old: str, new: str) -> str:
    """Return the template's commit that this copy is at.

    A forge copies the default branch, which may be between two versions. That commit then has the
    same files as the copy's first one.
    """
    first = git("log", "--max-parents=0", "--format=%T", "HEAD").split()
    between = git("log", "--format=%T %H", f"{old}..{new}").splitlines()
    return next((line.split()[1] for line in between if line.split()[0] in first), old)


def fetch(git: Git, url: str, tags: dict[str, str]) -> list[str]:
    """Return the commits of tags of the template; no ref names them, and so no tag is made."""
    quiet = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc")
    names = [f"refs/tags/{tag}" for tag in tags]
    done = git.call("fetch", *quiet, "--no-recurse-submodules", "--", url, *names, seconds=DOWNLOAD)
    if done.returncode:
        end(f"the template at {shown(url)} cannot be fetched ({reason(done)}); try again")
    return [git("rev-parse", "--verify", f"{named}^{{commit}}") for named in tags.values()]


def change(url: str, mine: dict[str, Any], tags: dict[str, str]) -> tuple[str, str]:
    """Return a commit that differs from its parent as an update changes a copy, and what is new.

    The template's objects are in a folder that is gone afterwards.
    """
    version, target = tags
    objects = ROOT / here("rev-parse", "--git-path", "objects")
    with TemporaryDirectory(prefix="update-") as folder:
        git = Git(
            GIT_OBJECT_DIRECTORY=folder,
            GIT_ALTERNATE_OBJECT_DIRECTORIES=str(objects),
            GIT_INDEX_FILE=str(Path(folder) / "index"),
        )
        old, new = fetch(git, url, tags)
        theirs = settings(git.read(new, FILE), f"the template's {target}")
        if theirs["version"] != target:
            says = theirs["version"]
            end(f"the template's {target} says that it is {says}; choose another VERSION")
        before, after = sides(git, mine, theirs, base(git, old, new), new)
        first = git.commit(before, f"The template's {version}")
        made = git.commit(after, f"Update from the template: {version} to {target}", first)
        # --local: of what this clone does not have yet
        git("pack-objects", "-q", "--revs", "--local", f"{objects}/pack/pack", text=f"{made}\n")
        return made, news(git.read(new, CHANGES) or "", version, target)


def sides(
    git: Git, mine: dict[str, Any], theirs: dict[str, Any], old: str, new: str
) -> Iterator[dict[str, str]]:
    """Yield the files of two commits of the template; what the copy keeps is in both as it has it.

    Picking the difference then cannot touch that, and takes none of it for a renamed file.
    """
    copy = git.files("HEAD")
    keep = untouched(mine, theirs, copy, git.files(old)) - {FILE}
    own = {path: entry for path, entry in copy.items() if within(path, keep)}
    source = f"source = {json.dumps(mine['source'])}"  # it stays, also where the template has moved
    for commit in (old, new):
        files = {path: each for path, each in git.files(commit).items() if not within(path, keep)}
        if mine["source"]:
            text = SOURCE.sub(lambda _: source, git.read(commit, FILE) or "")
            files[FILE] = f"100644 blob {git('hash-object', '-w', '--stdin', text=text)}"
        yield files | own


def news(changes: str, version: str, target: str) -> str:
    """Return what a changelog says of the versions after one, up to another."""
    parts = re.split(r"(?m)^(?=## )", changes)
    return "".join(
        part
        for part in parts
        if (found := HEADING.match(part)) and number(version) < number(found[1]) <= number(target)
    ).strip()
