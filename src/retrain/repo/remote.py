"""The Git remote: its default branch, its tags, and its record of landings."""

from collections.abc import Mapping
from dataclasses import dataclass

from retrain.errors import UserError
from retrain.repo import line, record
from retrain.repo.git import (
    REMOTE,
    call,
    commit_of,
    default_branch,
    find_commit,
    git,
    is_ancestor,
    reason,
    top_folder,
)
from retrain.repo.record import Record

# The remote's tags, apart from those that were made in this clone and never pushed.
TAGS = "refs/retrain-tags"
# What it had, of deployments, and has no longer: by their hash, for a name can be used again.
GONE = "refs/retrain-gone"
# a pattern, because a branch that is named and is not there is an error
REFS = (f"+refs/heads/{record.BRANCH}*:{record.KNOWN}*", f"+refs/tags/*:{TAGS}/*")


@dataclass(frozen=True)
class Tip:
    """The remote's default branch: its name, its newest commit; and the record of landings.

    Of a context's line they are its own; before it begins, the commit is the default branch's.
    """

    branch: str
    commit: str
    record: Record
    asked: bool = True  # else it is what this clone knows
    common: "Tip | None" = None  # the default branch's, of a context's line

    @property
    def landed(self) -> str | None:
        """Return the newest commit whose results a landing wrote or rebuilt."""
        return self.record.landed

    @property
    def begun(self) -> bool:
        """Tell whether the remote has the branch."""
        return find_commit(f"refs/remotes/{REMOTE}/{self.branch}") is not None


def fetch() -> Tip:
    """Bring this clone's knowledge of the remote up to date."""
    top_folder()
    listed = call("ls-remote", "--symref", REMOTE, "HEAD", f"refs/heads/{line.FOLDER}")
    if listed.returncode:
        raise UserError(
            f"the remote {REMOTE!r} cannot be read: {reason(listed.stderr)}; look at: git remote -v"
        )
    heads = [line.split()[1] for line in listed.stdout.splitlines() if line.startswith("ref:")]
    if not heads:
        raise UserError(
            f"the remote {REMOTE!r} has no commit on its default branch; push that one first, or "
            "choose another one there"
        )
    if line.value() and listed.stdout.endswith(f"\trefs/heads/{line.FOLDER}\n"):
        raise UserError(
            f"the remote {REMOTE!r} has a branch {line.FOLDER}, beside which Git can make no "
            f"{line.branch()}; rename or delete {line.FOLDER} there"
        )
    branch = heads[0].removeprefix("refs/heads/")
    own = f"refs/remotes/{REMOTE}/{branch}"
    names = [branch, *([f"{line.branch()}*"] if line.value() else [])]
    refs = (*(f"+refs/heads/{name}:refs/remotes/{REMOTE}/{name}" for name in names), *REFS)
    before = {name for tag, name in _hashes(TAGS).items() if "#" in tag}
    git("fetch", "--quiet", "--no-tags", "--prune", REMOTE, *refs)
    if gone := before.difference(_hashes(TAGS).values()):
        _set({f"{GONE}/{name}": name for name in gone})
    return _tip(branch, commit_of(own))


def _tip(branch: str, commit: str, asked: bool = True) -> Tip:
    """Return the tip of this line; the branch and its commit are the default ones."""
    own = line.branch()
    if own is None:
        return Tip(branch, commit, record.read(), asked)
    with line.of(None):
        common = _tip(branch, commit, asked)
    newest = find_commit(f"refs/remotes/{REMOTE}/{own}")
    return Tip(own, newest or commit, record.read(), asked, common)


def known() -> tuple[Tip, str | None]:
    """Return the remote; where it cannot be asked, what this clone knows of it, and a note."""
    try:
        return fetch(), None
    except UserError as error:
        _take_cloned()
        why = f"the versions are the ones that this clone knows, because {error}"
        return remembered(), why if REMOTE in git("remote").split() else None


def remembered() -> Tip:
    """Return what this clone knows of the remote, which is not asked.

    That is what was fetched last; in a new clone, the branch and the tags that came with it.
    """
    if not find_commit(record.known()) and find_commit(record.cloned()):
        _take_cloned()
    name = default_branch()
    branch = (name or "").removeprefix(f"{REMOTE}/")
    commit = commit_of(f"refs/remotes/{REMOTE}/HEAD" if name else "HEAD")
    return _tip(branch, commit, asked=False)


def _take_cloned() -> None:
    """Add what Git itself has brought into this clone: a newer record, and tags."""
    newest, known = find_commit(record.cloned()), find_commit(record.known())
    if newest and not (known and is_ancestor(newest, known)):
        git("update-ref", record.known(), newest)
    here, gone = _hashes(TAGS), _hashes(GONE)
    new = {tag: name for tag, name in _hashes("refs/tags").items() if tag not in here}
    _set({f"{TAGS}/{tag}": name for tag, name in new.items() if name not in gone})


def _set(refs: Mapping[str, str]) -> None:
    git("update-ref", "--stdin", text="".join(f"update {ref} {refs[ref]}\n" for ref in refs))


def _hashes(place: str) -> dict[str, str]:
    """Return the hash of each ref below a place, by its name there."""
    lines = git("for-each-ref", "--format=%(refname) %(objectname)", f"{place}/").splitlines()
    return dict(line.removeprefix(f"{place}/").split(" ") for line in lines)


def unlanded(commit: str | None, landed: str | None) -> bool:
    """Tell whether a commit is newer than the newest landing."""
    return commit is not None and landed is not None and not is_ancestor(commit, landed)
