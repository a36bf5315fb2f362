"""Where a version is deployed: Git tags `NAME#STAGE#NUMBER`, as GTO writes and reads them.

The newest tag of a stage says what is there, and each says which one came before it. What the tags
say holds, whoever has made them: rules of the forge protect those of production.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from retrain.errors import UserError
from retrain.registry.versions import Version
from retrain.repo import commits, record
from retrain.repo.git import git, short
from retrain.repo.remote import TAGS

# of GTO: `#STAGE` alone, numbered; with `!`, the version is taken off
FORM = re.compile(r"#(?P<stage>[A-Za-z0-9][\w/-]*)(?P<off>!?)(#(?P<number>[0-9]{1,9}))?")
ACTION, BEFORE = "Retrain-Action", "Retrain-Before"
Action = Literal["deploy", "rollback", "follow"]
TITLES: dict[Action, str] = {
    "deploy": "Deploy {version} to {stage}",
    "rollback": "Roll {stage} back to {version}",
    "follow": "Deploy {version} to {stage}, which follows new versions",
}
TRAILER = re.compile(r"(?m)^(Retrain-\w+): (.*)$")
TRAILERS = (ACTION, record.ACTOR, record.REASON, record.RUN, record.MODEL, BEFORE)
SECOND = timedelta(seconds=1)  # what Git's times are exact to


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
    numbers: frozenset[int]  # every number that a tag has

    def of(self, stage: str) -> list[Assignment]:
        return [each for each in self.found if each.stage == stage]

    def on(self, stage: str, when: datetime | None = None) -> Assignment | None:
        """Return what a stage had at an instant, now unless given; None: nothing."""
        kept = self._kept(stage, when or datetime.now(UTC))
        return kept[-1] if kept else None

    def before(self, stage: str) -> Assignment | None:
        """Return what a roll-back of a stage returns to."""
        kept = self._kept(stage, datetime.now(UTC))
        return kept[-2] if kept[1:] else None

    def periods(self, stage: str) -> list[tuple[Assignment, datetime | None]]:
        """Return what a stage has had, oldest first, and until when; None: it has it now."""
        found: list[tuple[Assignment, datetime | None]] = []
        for each, kept in _replayed(self.of(stage)):
            if found and found[-1][1] is None:
                found[-1] = (found[-1][0], each.time)
            if kept:
                found.append((kept[-1], None))
        return found

    def _kept(self, stage: str, when: datetime) -> list[Assignment]:
        kept: list[Assignment] = []
        for each, kept_then in _replayed(self.of(stage)):
            if each.time > when:
                break
            kept = kept_then
        return kept


def _replayed(history: Iterable[Assignment]) -> Iterator[tuple[Assignment, list[Assignment]]]:
    """Yield after each assignment what a stage has, the last one, and could go back to before it.

    A roll-back removes the version that it leaves: the next one goes further back.
    """
    kept: list[Assignment] = []
    for each in history:
        if each.off:
            kept = [one for one in kept if one.version != each.version]
        elif each.action == "rollback" and each.version in (known := [one.version for one in kept]):
            kept = [*kept[: known.index(each.version)], each]
        else:
            kept = [*(kept[:-1] if kept and kept[-1].version == each.version else kept), each]
        yield each, kept


def read(artifact: str, registered: Iterable[Version]) -> Assignments:
    """Return the remote's assignments, in the order of their times."""
    by_commit = {version.commit: version for version in sorted(registered)}
    found, problems, numbers = [], [], set()
    for tag, kind, name, commit, time, said in _tags(artifact):
        form = FORM.fullmatch(tag.removeprefix(artifact))
        if form is None:
            problems.append(f"the tag {tag} is not believed: its name is not NAME#STAGE#NUMBER")
            continue
        number = int(form["number"] or 0)
        numbers.add(number)
        if kind != "tag":
            problems.append(f"the tag {tag} is not believed: it does not say who made it, or when")
        elif commit not in by_commit:
            problems.append(f"the tag {tag} is not believed: {short(commit)} is not a version")
        else:
            when = datetime.fromtimestamp(int(time), UTC)
            version = by_commit[commit]
            stage, off = form["stage"], bool(form["off"])
            values = dict(TRAILER.findall(said))
            signature = (values.get(key, "") for key in TRAILERS)
            found.append(Assignment(tag, name, number, stage, off, version, when, *signature))
    found.sort(key=lambda each: (each.time, each.number))
    return Assignments(found, [*problems, *_broken(found)], frozenset(numbers))


def _tags(artifact: str) -> list[list[str]]:
    """Return of each tag: name, type, hash, commit, time in seconds, and the trailers."""
    # all trailers at once: of several keys, Git 2.39 gives each the values of all
    fields = ("refname", "objecttype", "objectname", "*objectname", "taggerdate:unix")
    form = "%00".join(f"%({field})" for field in (*fields, "contents:trailers:unfold"))
    said = git("for-each-ref", f"--format={form}%01", f"{TAGS}/{artifact}#*")
    rows = [row.strip("\n").split("\x00") for row in said.split("\x01")[:-1]]
    return [[row[0].removeprefix(f"{TAGS}/"), *row[1:]] for row in rows]


def _broken(found: list[Assignment]) -> list[str]:
    """Return what is missing: each assignment names the one before it."""
    known = {each.object for each in found}
    now, problems = datetime.now(UTC), []
    for each in found:
        if each.before and each.before not in known:
            problems.append(
                f"the tag before {each.tag} is gone, or was moved: it was {short(each.before)}"
            )
        if each.time > now:
            problems.append(f"{each.tag} is of {each.time:%Y-%m-%d}, which is still to come")
    return problems


def make(
    known: Assignments,
    version: Version,
    stages: Sequence[str],
    action: Action,
    trailers: Mapping[str, str],
) -> dict[str, str]:
    """Return the names and hashes of new tags, one a stage, which are in this clone alone.

    `trailers`: those that say who asked, why, in which run, and the SHA-256 of the model.
    """
    before = known.found[-1:]  # of any stage: one that is removed is missed by the next of them
    said = {ACTION: action, **trailers} | ({BEFORE: before[0].object} if before else {})
    # a clock that is behind would put it before what it replaces
    now = datetime.now(UTC).replace(microsecond=0)
    date = max([now, *(each.time + SECOND for each in before)])
    made = {}
    for number, stage in enumerate(stages, max(known.numbers, default=0) + 1):
        tag = f"{version.artifact}#{stage}#{number}"
        title = TITLES[action].format(version=version.name, stage=stage)
        text = record.with_trailers(title, said)
        made[tag] = commits.tag(tag, version.commit, text, date)
    return made


def check_complete(known: record.Record) -> None:
    """Raise unless this clone has the remote's tags: without them the answer would be wrong."""
    if known.versions and not git("for-each-ref", "--count=1", f"{TAGS}/"):
        raise UserError(
            "this clone has no tags, which say what is deployed; first: git fetch --tags"
        )
