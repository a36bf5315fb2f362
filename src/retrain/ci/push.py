"""Pushes that the remote takes whole or not at all, and why it does not."""

import re

from retrain.ci.git import REMOTE, ask, call, reason
from retrain.ci.remote import LANDED, TAGS, Tip, fetch
from retrain.errors import UserError

# two pushes met in the remote's own files
CONTENDED = re.compile("cannot lock ref|failed to lock|failed to update ref")

# GitLab refuses all refs for the sake of one, and only its words tell which
WHOLE = "pre-receive hook declined"


class ProtectedError(UserError):
    """The remote does not let this be pushed: it must be proposed instead."""

    code = 3


class LostError(Exception):
    """Somebody else pushed first."""


def push(tip: Tip, commit: str, tag: tuple[str, str] | None) -> None:
    """Make a commit the remote's newest, landed one, and register its tag: all of it, or nothing.

    Args:
        tip: what the commit was built on.
        commit: its name.
        tag: name of the tag, and of its object.

    Raises:
        LostError: if the remote has moved on.
        ProtectedError: if the remote refuses, for a reason of its own.
    """
    specs = [f"{commit}:{LANDED}"]
    if commit != tip.commit:
        specs.insert(0, f"{commit}:refs/heads/{tip.branch}")
    if tag:
        specs.append(f"{tag[1]}:refs/tags/{tag[0]}")
    lease = f"--force-with-lease={LANDED}:{tip.landed or ''}"
    done = call("push", "--atomic", "--porcelain", lease, REMOTE, *specs)
    if done.returncode == 0:
        return
    if fetch() != tip or (tag and ask("rev-parse", "--verify", "--quiet", f"{TAGS}/{tag[0]}")):
        raise LostError
    said = [line for line in done.stderr.splitlines() if line.startswith("remote:")]
    refused = [line for line in done.stdout.splitlines() if line.startswith("!")]
    reasons = [line.rpartition("\t")[2] for line in refused]
    if any(CONTENDED.search(why) for why in reasons):
        raise LostError
    if not refused:
        raise UserError(f"the remote {REMOTE!r} cannot be pushed to: {reason(done.stderr)}")
    # the others are refused only because one is
    culprits = [line for line in refused if "atomic push fail" not in line] or refused
    _, refs, refusal = culprits[0].split("\t", 2)
    why = " ".join([*(line.removeprefix("remote:").strip() for line in said), refusal])
    if tag and WHOLE in refusal and "tag" in why and "branch" not in why:
        raise UserError(f"{REMOTE} does not let {tag[0]} be pushed ({why}); allow it there")
    if not any(f":refs/heads/{tip.branch}\t" in line for line in culprits):
        what = refs.partition(":")[2]
        raise UserError(f"{REMOTE} does not let {what} be pushed ({why}); allow it there")
    raise ProtectedError(
        f"{REMOTE} does not let {tip.branch} be pushed to ({why}); propose it instead: "
        "retrain land --propose"
    )


def push_branch(commit: str, branch: str) -> None:
    """Give the remote a branch, unless it has it.

    Raises:
        UserError: if the remote refuses.
    """
    if call("ls-remote", "--exit-code", REMOTE, f"refs/heads/{branch}").returncode == 0:
        return
    done = call("push", "--porcelain", REMOTE, f"{commit}:refs/heads/{branch}")
    if done.returncode:
        raise UserError(f"the remote {REMOTE!r} refuses {branch}: {reason(done.stderr)}")
