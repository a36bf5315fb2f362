"""Where a version is deployed: Git tags `NAME#STAGE#NUMBER`, as GTO writes and reads them.

The newest tag of a stage says what is there, by the times in the tags, of equal ones the greater
number; and each says which one came before it there. What the tags say holds, by anyone who could
push them: rules of the forge protect those of production.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Literal

from retrain.errors import UserError
from retrain.registry.versions import Version
from retrain.repo import commits, record
from retrain.repo.git import REMOTE, find, git, short
from retrain.repo.remote import GONE, TAGS, Tip

# of GTO: `#STAGE` alone, numbered; with `!`, the version is taken off
FORM = re.compile(
    r"#(?P<stage>[A-Za-z0-9]([\w/-]*[A-Za-z0-9])?)(?P<off>!?)(#(?P<number>[0-9]{1,9}))?", re.ASCII
)
HIGHEST = 10**8  # counting goes on below what only a hand writes, so that no number is too long
TIME = re.compile(r"[0-9]{1,11}")  # in seconds; a tag can have none, or any number
ACTION, BEFORE = "Retrain-Action", "Retrain-Before"
Action = Literal["deploy", "rollback", "follow"]
TITLES: dict[Action, str] = {
    "deploy": "Deploy {version} to {stage}",
    "rollback": "Roll {stage} back to {version}",
    "follow": "Deploy {version} to {stage}, which follows new versions",
}
TRAILER = re.compile(r"(?m)^(Retrain-\w+): (.*)$")
HASH = re.compile(r"[0-9a-f]{40,64}")
SECOND = timedelta(seconds=1)  # what Git's times are exact to
SKEW = timedelta(minutes=10)  # between the clocks of two machines, and the work of two jobs


@dataclass(frozen=True)
class Assignment:
    """What one tag says: from its time on, a stage has a version, or (`off`) has it no longer."""

    tag: str
    object: str  # the tag's own hash
    number: int
    stage: str
    off: bool
    version: Version
    time: datetime
    action: str
    actor: str
    reason: str
    run: str  # its address
    model: str  # SHA-256
    before: str  # hash of the tag before it

    @property
    def signed(self) -> bool:
        """Return whether it was made by the deployment workflow, or by a landing's."""
        return bool(self.actor and self.reason and self.run and self.model)


@dataclass(frozen=True)
class Assignments:
    """The assignments of an artifact, oldest first, and the problems of its other tags."""

    found: list[Assignment]
    problems: list[str]
    names: frozenset[str]  # of all their tags

    def of(self, stage: str) -> list[Assignment]:
        return [each for each in self.found if each.stage == stage]

    def on(self, stage: str, when: datetime | None = None) -> Assignment | None:
        """Return what a stage had at an instant, else what it has; None: nothing."""
        found = None
        for each, now, _ in _replayed(self.of(stage)):
            if when and each.time > when:
                break
            found = now
        return found

    def before(self, stage: str) -> Assignment | None:
        """Return what a roll-back of a stage returns to."""
        if not (states := list(_replayed(self.of(stage)))):
            return None
        _, now, back = states[-1]
        others = [each for each in back if now is None or each.version != now.version]
        return others[-1] if others else None

    def periods(self, stage: str) -> list[tuple[Assignment, datetime | None]]:
        """Return what a stage has had, oldest first, and until when; None: it has it now."""
        found: list[tuple[Assignment, datetime | None]] = []
        last = None
        for each, now, _ in _replayed(self.of(stage)):
            if now == last:
                continue
            if last:
                found[-1] = (found[-1][0], each.time)
            if now:  # which another one, taken off, may have brought back
                found.append((replace(each, version=now.version), None))
            last = now
        return found


def _replayed(
    history: Iterable[Assignment],
) -> Iterator[tuple[Assignment, Assignment | None, list[Assignment]]]:
    """Yield after each assignment what a stage has, as GTO says it, and what a roll-back knows.

    A stage has, of the versions that were not taken off, the one that was assigned last. After a
    roll-back, the version that it has left is none to go back to.
    """
    there: dict[Version, Assignment] = {}
    back: list[Assignment] = []
    for each in history:
        there.pop(each.version, None)
        if each.off:
            back = [one for one in back if one.version != each.version]
        else:
            there[each.version] = each
            known = back if each.action == "rollback" else back[-1:]
            same = next((one for one in reversed(known) if one.version == each.version), None)
            back = [*(back[: back.index(same)] if same else back), each]
        yield each, next(reversed(there.values()), None), back


def read(artifact: str, registered: Iterable[Version]) -> Assignments:
    """Return the remote's assignments, in the order of their times."""
    by_commit = {version.commit: version for version in sorted(registered)}
    found, problems = [], []
    tags = _tags(artifact)
    for tag, kind, name, own, commit, time, body in tags:
        form = FORM.fullmatch(tag.removeprefix(artifact))
        if tag.startswith(f"{artifact}@"):
            problems.append(
                f"the tag {tag} is not followed: what a landing has registered stays a version; to "
                f"take it off a stage: gto deprecate {artifact} VERSION STAGE"
            )
        elif form is None:
            problems.append(f"the tag {tag} is not believed: its name is not NAME#STAGE#NUMBER")
        elif kind != "tag" or not TIME.fullmatch(time):
            problems.append(f"the tag {tag} is not believed: it does not say who made it, or when")
        elif own != tag:
            problems.append(f"the tag {tag} is not believed: it was made as {own}")
        elif commit not in by_commit:
            problems.append(f"the tag {tag} is not believed: {short(commit)} is not a version")
        else:
            place = (tag, name, int(form["number"] or 0), form["stage"], bool(form["off"]))
            when = datetime.fromtimestamp(int(time), UTC)
            found.append(Assignment(*place, by_commit[commit], when, *_signature(body)))
    found.sort(key=lambda each: (each.time, each.number))
    problems += [*_broken(found), *_gone(artifact, found)]
    return Assignments(found, problems, frozenset(tag for tag, *_ in tags))


def _tags(artifact: str) -> list[list[str]]:
    """Return of each tag: name, type, hash, own name, commit, time in seconds, the message's body.

    They are those of stages, and those by which GTO ends a version or an artifact.
    """
    fields = ("refname", "objecttype", "objectname", "tag", "object", "taggerdate:unix")
    # not its trailers: a signature below hides them from Git
    form = "".join(f"%({field})%00" for field in (*fields, "contents:body"))
    names = ("#*", "#*/**", "@*!*", "@deprecated*")
    said = git("for-each-ref", f"--format={form}", *(f"{TAGS}/{artifact}{name}" for name in names))
    values = [value.lstrip("\n") for value in said.split("\x00")]
    width = len(fields) + 1
    rows = [values[place : place + width] for place in range(0, len(values) - 1, width)]
    named = [[row[0].removeprefix(f"{TAGS}/"), *row[1:]] for row in rows]
    return [row for row in named if row[0].startswith(artifact)]  # names are patterns to Git


def _signature(body: str) -> tuple[str, str, str, str, str, str]:
    """Return what the trailers of a tag say, which anyone may have written: words, or nothing."""
    said = dict(TRAILER.findall(body.strip().rpartition("\n\n")[2]))

    def hashed(key: str) -> str:
        value = said.get(key, "")
        return value if HASH.fullmatch(value) else ""

    actor, reason = (record.cleaned(said.get(key, "")) for key in (record.ACTOR, record.REASON))
    action = said.get(ACTION, "")
    return (
        action if action in TITLES else "",
        actor,
        reason,
        record.address(said.get(record.RUN, "")),
        hashed(record.MODEL),
        hashed(BEFORE),
    )


def _broken(found: list[Assignment]) -> list[str]:
    """Return where the history was changed afterwards: each assignment names the one before it."""
    places = {each.object: place for place, each in enumerate(found)}
    soon, problems = datetime.now(UTC) + SKEW, []
    for place, each in enumerate(found):
        if each.before and each.before not in places:
            problems.append(
                f"the tag before {each.tag} is gone, or was moved: it was {short(each.before)}"
            )
        problems += [
            f"the tag {other.tag} was made after {each.tag}, and says that it was before"
            for other in found[places.get(each.before, place) + 1 : place]
            if other.stage == each.stage and each.time - other.time > SKEW  # else both at once
        ]
        if each.time > soon:
            problems.append(f"{each.tag} is of {each.time:%Y-%m-%d}, which is still to come")
    return problems


def _gone(artifact: str, found: list[Assignment]) -> list[str]:
    """Return which tags this clone knew that the remote has no longer, and no other one names."""
    said = {each.before for each in found} | {each.object for each in found}
    form = "--format=%(objectname) %(tag)"
    lines = [line.partition(" ") for line in git("for-each-ref", form, f"{GONE}/").splitlines()]
    return [
        f"the tag {tag}, which this clone knew, is gone, or was moved; to put it there again: git "
        f"push --force {REMOTE} '{GONE}/{name}:refs/tags/{tag}'; if that was meant: git update-ref "
        f"-d {GONE}/{name}"
        for name, _, tag in lines
        if FORM.fullmatch(tag.removeprefix(artifact)) and name not in said
    ]


def make(
    known: Assignments,
    version: Version,
    stage: str,
    action: Action,
    trailers: Mapping[str, str],
) -> dict[str, str]:
    """Return the name and hash of a new tag, which is in this clone alone.

    All that it follows from is of its stage: of two that are made at once, one takes the other's
    name. `trailers`: those that say who asked, why, in which run, and the SHA-256 of the model.
    Raise where the newest one is of a time that is still to come: each after it would be, too.
    """
    history = known.of(stage)
    now = datetime.now(UTC).replace(microsecond=0)
    if history and (last := history[-1]).time > now + SKEW:
        raise UserError(
            f"{last.tag} is of {last.time:%Y-%m-%d %H:%M} UTC, which is still to come, and holds "
            f"until then, whatever is deployed; first: git push --delete {REMOTE} '{last.tag}'"
        )
    # a clock that is behind would put it before what it replaces
    date = max([now, *(each.time + SECOND for each in history[-1:])])
    before = {BEFORE: history[-1].object} if history else {}
    tag = _free(known, f"{version.artifact}#{stage}#", history)
    title = TITLES[action].format(version=version.name, stage=stage)
    text = record.with_trailers(title, {ACTION: action, **trailers, **before})
    return {tag: commits.tag(tag, version.commit, text, date)}


def _free(known: Assignments, place: str, history: Iterable[Assignment]) -> str:
    """Return a tag's name: with the next number, of those that no other tag's name has there.

    A number that only a hand writes is passed over, else the next one could have too many digits.
    """
    taken = {tag.removeprefix(place).partition("/")[0] for tag in known.names}
    number = max((each.number for each in history if each.number < HIGHEST), default=0)
    return place + next(each for each in map(str, count(number + 1)) if each not in taken)


def check_complete(artifact: str, tip: Tip) -> None:
    """Raise unless this clone has the remote's tags and record: else the answer would be wrong."""
    known = tip.record
    if not (tip.asked or known.tip) and git("for-each-ref", "--count=1", f"{TAGS}/{artifact}@v*"):
        raise UserError(
            f"this clone has tags of versions, and not the branch {record.branch()}, by which they "
            f"are believed; first, of {REMOTE} or of another repository that has it: git fetch "
            f"{REMOTE} {record.branch()}:{record.cloned()}"
        )
    if known.versions and not any(find(f"{TAGS}/{tag}") for tag in known.versions):
        raise UserError(
            "this clone has no tag of a version, and so cannot know what is deployed; first: git "
            "fetch --tags; if they are gone there too, push them from a clone that has them"
        )
