"""Pushes that the remote takes whole or not at all, and why it does not."""

import logging
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from retrain.errors import UserError
from retrain.repo import line, record
from retrain.repo.git import REMOTE, call, find, reason
from retrain.repo.remote import TAGS, Tip, fetch

if TYPE_CHECKING:
    import subprocess

log = logging.getLogger(__name__)
T = TypeVar("T")

RETRIES = 3

# two pushes met in the remote's own files
CONTENDED = re.compile("cannot lock ref|failed to lock|failed to update ref")

# GitLab refuses all refs because of one, and only its message shows which
WHOLE = "pre-receive hook declined"

# what a remote writes around its reason: frames, addresses, numbers for its support
ADVICE = re.compile(r"https?://|\btrace:|hook declined|^[\W_]*$", re.IGNORECASE)
LONGEST = 200  # characters of it that are repeated
ALLOW = "allow it there: docs/github.md, Rules; docs/gitlab.md, Who can change what"


class ProtectedError(UserError):
    """The remote does not let this be pushed: it must be proposed instead."""

    code = 3


class RefusedError(UserError):
    """The remote does not let another ref be pushed, such as a tag."""


class LostError(Exception):
    """Another push was first."""


class TakenError(LostError):
    """Another push was first, but neither the branch nor the record has moved."""


def repeated(attempt: Callable[[], T], name: str, lost: type[LostError] = LostError) -> T:
    """Return what an attempt returns, which begins again where another push was first."""
    for _ in range(1 + RETRIES):
        try:
            return attempt()
        except lost:
            log.info(f"{name}: another push was first; again, on top of that")
    raise UserError(f"another push was first, {1 + RETRIES} times; run the same command again")


def push(tip: Tip, commit: str, recorded: str, tags: Mapping[str, str]) -> None:
    """Make a commit the remote's newest, record it, and register its tags: all of it, or nothing.

    `tip`: what the commit was built on. `recorded`: the record's new commit. `tags`: the hash of
    each, by name. Raise LostError if the remote has moved on, TakenError if only tags of the names
    are there, and ProtectedError if it refuses the commit, for a reason of its own.
    """
    place = f"refs/heads/{record.branch()}"
    specs = [f"{recorded}:{place}"]
    if commit != tip.commit:
        specs.insert(0, f"{commit}:refs/heads/{tip.branch}")
    specs += [f"{name}:refs/tags/{tag}" for tag, name in tags.items()]
    lease = f"--force-with-lease={place}:{tip.record.tip or ''}"
    done = call("push", "--atomic", "--porcelain", lease, REMOTE, *specs)
    if done.returncode == 0:
        return
    now = fetch()
    moved = (now.branch, now.commit, now.record.tip) != (tip.branch, tip.commit, tip.record.tip)
    if moved:
        raise LostError
    _explain(done, tip.branch, tags)


def push_tags(tip: Tip, tags: Mapping[str, str]) -> None:
    """Make tags on the remote, by name and hash; raise TakenError if it has others of the names."""
    specs = (f"{name}:refs/tags/{tag}" for tag, name in tags.items())
    done = call("push", "--atomic", "--porcelain", REMOTE, *specs)
    if done.returncode:
        fetch()
        there = {tag: found.hash for tag in tags if (found := find(f"{TAGS}/{tag}"))}
        if there != tags:  # else its answer alone was lost
            _explain(done, tip.branch, tags)


def _explain(
    done: "subprocess.CompletedProcess[str]", branch: str, tags: Mapping[str, str]
) -> None:
    """Raise what a push that failed means, after what the remote has now was fetched."""
    if any(find(f"{TAGS}/{tag}") for tag in tags):
        raise TakenError
    refused = [line for line in done.stdout.splitlines() if line.startswith("!")]
    if any(CONTENDED.search(line.rpartition("\t")[2]) for line in refused):
        raise TakenError
    if not refused:
        raise UserError(f"the remote {REMOTE!r} cannot be pushed to: {reason(done.stderr)}")
    raise _refusal(refused, done.stderr, branch, ", ".join(tags))


def _refusal(refused: list[str], stderr: str, branch: str, tag: str) -> UserError:
    """Return the error for refs that the remote refused, by Git's lines on them."""
    # the others are refused only because one is
    culprits = [line for line in refused if "atomic push fail" not in line] or refused
    _, refs, refusal = culprits[0].split("\t", 2)
    why = f"{_main_line(stderr)} {refusal[:LONGEST]}".strip()
    words = " ".join(_remote_lines(stderr))
    if tag and WHOLE in refusal and "tag" in words and "branch" not in words:
        return RefusedError(f"{REMOTE} does not let {tag} be pushed ({why}); {ALLOW}")
    if not any(f":refs/heads/{branch}\t" in line for line in culprits):
        ref = refs.partition(":")[2]
        return RefusedError(f"{REMOTE} does not let {ref} be pushed ({why}); {ALLOW}")
    return ProtectedError(
        f"{REMOTE} does not let {branch} be pushed to ({why}); propose it instead: "
        f"retrain land{line.option()} --propose"
    )


def _remote_lines(stderr: str) -> list[str]:
    lines = [line for line in stderr.splitlines() if line.startswith("remote:")]
    return [line.removeprefix("remote:").strip() for line in lines]


def _main_line(stderr: str) -> str:
    """Return the line, if any, that says why, of what the remote wrote beside its advice."""
    lines = [line for line in _remote_lines(stderr) if not ADVICE.search(line)]
    errors = [line for line in lines if line.lower().startswith(("error", "fatal"))]
    return next(iter(errors or lines), "")[:LONGEST]


def push_branch(commit: str, branch: str) -> None:
    """Create a branch on the remote, unless it exists."""
    if call("ls-remote", "--exit-code", REMOTE, f"refs/heads/{branch}").returncode == 0:
        return
    done = call("push", "--porcelain", REMOTE, f"{commit}:refs/heads/{branch}")
    if done.returncode:
        why = _main_line(done.stderr) or reason(done.stderr)
        raise UserError(f"the remote {REMOTE!r} refuses {branch}: {why}")
