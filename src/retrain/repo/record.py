"""The record of landings: a branch of the remote that landings alone write, and rules can protect.

Each landing adds one commit. Its trailers name the commit that has landed and the version that was
registered, and who asked for it; its files are the report. What people read in tags is believed
where this says the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from unicodedata import category

from retrain.paths import FACTS, REPORT
from retrain.repo import commits, line
from retrain.repo.git import REMOTE, find_commit, git

# each with the suffix of a context's line
BRANCH = "retrain-landings"
KNOWN = "refs/retrain/landings"  # what this clone knows of it
# trailers of its commits
LANDED, VERSION = "Retrain-Landed", "Retrain-Version"
# of a version that a person registers after its landing: the commit that has landed then
PROMOTED = "Retrain-Promoted"
MODEL = "Retrain-Model"  # the SHA-256 of a version's model
# trailers of what a landing pushes, or proposes: what has started it, and by whom
LANDING, PROPOSAL = "Retrain-Landing", "Retrain-Proposal"
ACTOR, REASON, RUN, BUILDER = "Retrain-Actor", "Retrain-Reason", "Retrain-Run", "Retrain-Builder"
HAND = "by hand"
LONGEST = 500  # characters of what a person has written
LARGEST = 500_000  # bytes of a file that is kept
COMMIT = re.compile(r"[0-9a-f]{40,64}")
KEPT = re.compile(r"[\w .,;:'\"?%()+=-]")  # and marks, without which some scripts cannot be read
ADDRESS = re.compile(r"https?://[^\s<>\"'`]{1,500}")
FIELDS = (LANDED, VERSION, PROMOTED, MODEL, LANDING, ACTOR, REASON, RUN, BUILDER)


@dataclass(frozen=True)
class Entry:
    """What a landing has recorded; what it does not say is an empty text."""

    time: datetime
    landed: str
    version: str  # its tag
    promoted: str
    model: str
    event: str
    actor: str
    reason: str
    run: str  # its address
    builder: str

    @property
    def commit(self) -> str:
        """Return the commit of the version."""
        return self.promoted or self.landed


@dataclass(frozen=True)
class Record:
    """Its newest commit, the newest commit that has landed, and by tag what each version was."""

    tip: str | None = None
    landed: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()  # oldest first


def branch() -> str:
    return BRANCH + line.suffix()


def known() -> str:
    return KNOWN + line.suffix()


def cloned() -> str:
    """Return where `git fetch` puts the record."""
    return f"refs/remotes/{REMOTE}/{branch()}"


def begun() -> bool:
    """Return whether this clone knows of any landing; a new clone has the remote's branch."""
    return any(find_commit(ref) for ref in (known(), cloned()))


def lines() -> list[str]:
    """Return the names of the contexts of whose landings this clone knows."""
    place = f"{KNOWN}-"
    refs = git("for-each-ref", "--format=%(refname)", f"{place}*").split()
    return [name for ref in refs if _is_line(name := ref.removeprefix(place))]


def _is_line(name: str) -> bool:
    """Return whether a branch that is called like a line's record is one, by what it records."""
    if not name or name != line.name_of(name):
        return False
    with line.of(name):
        found = read()
    return found.landed is not None and all(f"-{name}@" in tag for tag in found.versions)


def read() -> Record:
    """Return the record that this clone knows."""
    tip = find_commit(known())
    if tip is None:
        return Record()
    forms = (f"%(trailers:key={key},valueonly,unfold,separator=%x2C)" for key in FIELDS)
    entries: list[Entry] = []
    versions: dict[str, str] = {}
    for said in git("log", "--reverse", f"--format=%ct%x00{'%x00'.join(forms)}", tip).split("\n"):
        time, *values = said.split("\x00")
        if len(values) != len(FIELDS) or not COMMIT.fullmatch(values[0]):
            continue
        entry = Entry(datetime.fromtimestamp(int(time), UTC), *values)
        if entry.promoted and not COMMIT.fullmatch(entry.promoted):
            continue
        entries.append(entry)
        if entry.version:
            versions.setdefault(entry.version, entry.commit)
    return Record(tip, entries[-1].landed if entries else None, versions, tuple(entries))


def add(before: Record, landed: str, version: str | None, message: str) -> str:
    """Return a commit that adds a landing to the record; nothing has moved yet.

    `version` is its tag, if it is registered; the message has the trailers that say who asked.
    """
    names = {LANDED: landed} | ({VERSION: version} if version else {})
    # where nothing is believed of it, a new one begins
    parents = [before.tip] if before.tip and before.landed else []
    return commits.commit(_tree(), with_trailers(message, names), *parents)


def add_promotion(before: Record, commit: str, version: str, message: str) -> str:
    """Return a commit that registers, as a version, what has landed earlier."""
    names = {LANDED: str(before.landed), VERSION: version, PROMOTED: commit}
    return commits.commit(f"{before.tip}^{{tree}}", with_trailers(message, names), str(before.tip))


def with_trailers(message: str, trailers: Mapping[str, str]) -> str:
    words = [word for key, value in trailers.items() for word in ("--trailer", f"{key}: {value}")]
    return git("interpret-trailers", "--if-exists=replace", *words, text=f"{message.strip()}\n")


def cleaned(text: str) -> str:
    """Return words that a forge does not obey in a commit: no mention, issue, link or command."""
    text = re.sub(r"://|(?<!\d)%|%(?=[\w\"])", " ", text)  # of an address, of a milestone
    kept = (each if KEPT.match(each) or category(each)[0] == "M" else " " for each in text)
    return " ".join("".join(kept).split())[:LONGEST]


def address(text: str) -> str:
    """Return the address of a page, or nothing where it is something else."""
    return text if ADDRESS.fullmatch(text) else ""


def _tree() -> str:
    """Return the name of a tree with the report of this folder's run."""
    found = [Path(name) for name in (FACTS, REPORT)]
    kept = [
        path
        for path in found
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST
    ]
    names = git("hash-object", "-w", *map(str, kept)).split() if kept else []
    lines = (f"100644 blob {name}\t{path}\n" for name, path in zip(names, kept, strict=True))
    return git("mktree", text="".join(lines))
