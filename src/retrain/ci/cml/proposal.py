"""`cml pr create`: the newest proposal of its family is an open request, and no other."""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from retrain.ci import land_job, provider
from retrain.ci.api.retry import retried
from retrain.ci.api.types import Proposed
from retrain.ci.cml import command
from retrain.ci.event import FAMILIES, MOVED, Event
from retrain.errors import UserError
from retrain.landing.land import PROPOSALS, Proposal
from retrain.paths import DATA, PARAMS
from retrain.repo import dvc
from retrain.repo.base import RESULTS
from retrain.repo.git import REMOTE, call, git

COMMAND = ("cml", "pr", "create")
SECONDS = 300  # for one try
LARGEST = 100_000  # bytes of one word on a command line; Linux takes 131,072
TITLES = {
    "schedule": "New data",
    "alarm": "New data, after an alarm",
    "button": "What the button asked for",
    "push": "What was merged, to land",
}
MACHINES = (
    "the merged proposal and what is built here differ, as they may on another kind of processor; "
    "run this job again, or choose one kind of runner for all"
)
HOW = """---
**To accept it, merge it.** The landing that follows builds it once more, and registers what is \
promoted. """


def create(event: Event, words: Sequence[str]) -> str:
    """Open the prepared proposal, unless the same is open already; return a sentence.

    Its branch is removed where that fails.

    Args:
        event: what has started this run.
        words: more options of the command. Branch, title and body are added.

    Raises:
        UserError: if it cannot be opened, or would be opened and merged for ever.
    """
    prepared = _prepared()
    if prepared is None:
        return "No proposal is prepared, so none is opened."
    proposal, content = prepared
    if event.trigger == "push" and _proposed_before(_content(f"{proposal.commit}^")):
        raise UserError(MACHINES)
    standing = _standing(event)
    if same := _same(standing, event, content):
        return f"The same is proposed already: {same[-1].url}"
    for branch in _left(event, content):
        _remove(branch)
    # what takes the place of an alarm's proposal is the answer to that alarm too
    moved = event.moved or max(map(_moved, standing), default="")
    branch = _branch(event, content) + event.run + (f"-{moved}" if moved else "")
    return f"Proposed: {_opened(proposal, branch, event, words)}"


def close_older(event: Event) -> str:
    """Close the proposals that the newest one replaces; return a sentence.

    Killed on the way, the next one closes what this one has left open.
    """
    prepared = _prepared()
    if prepared is None or event.trigger == "button":  # what another person has asked for stays
        return "No older proposal is to be closed."
    standing = _standing(event)
    if not (same := _same(standing, event, prepared[1])):
        return "No newer proposal is open, so none is closed."
    newest = same[-1]
    older = [each for each in standing if each != newest]
    for each in older:
        text = f"A newer proposal takes the place of this one: {newest.url}"
        provider.calls().say(each.number, text)
        provider.calls().close(each.number)
        _remove(each.branch)
    return f"Closed: {', '.join(each.name for each in older) or 'none'}."


def of_alarm(moved: str) -> Proposed | None:
    """Return the open proposal that an alarm of this name has led to, or one in its place."""
    found = ours(FAMILIES["alarm"], provider.calls().proposed())
    return next((each for each in found if _moved(each) == moved), None)


def _prepared() -> tuple[Proposal, str] | None:
    """Return the proposal that `land` has prepared, and the name of its content."""
    with dvc.opened() as repo:
        proposal = land_job.read(repo)
    return (proposal, _content(proposal.commit)) if proposal else None


def _branch(event: Event, content: str) -> str:
    return f"{PROPOSALS}{event.family}-{content}-"


def _standing(event: Event) -> list[Proposed]:
    """Return the open proposals of an event's family."""
    return ours(event.family, provider.calls().proposed())


def _same(standing: Iterable[Proposed], event: Event, content: str) -> list[Proposed]:
    return [each for each in standing if each.branch.startswith(_branch(event, content))]


def _content(commit: str) -> str:
    """Return a name for the results of a commit, and for what they were asked for with.

    Other files do not count: a proposal stays as good as it was when the README changes.
    """
    listed = git("ls-tree", commit, "--", *RESULTS, DATA, PARAMS)
    return git("hash-object", "--stdin", text=listed)[:12]


def _proposed_before(content: str) -> bool:
    """Tell whether what was merged is a proposal of ours: then the same would go on for ever."""
    closed = ours("push", provider.calls().proposed_before())
    return any(f"-{content}-" in each.branch for each in closed)


def ours(family: str, proposed: Iterable[Proposed]) -> list[Proposed]:
    """Return the proposals of a family, by their branches."""
    return [each for each in proposed if _form(family).fullmatch(each.branch)]


def _form(family: str) -> re.Pattern[str]:
    return re.compile(rf"{PROPOSALS}{family}-[0-9a-f]{{12}}-\d+-\d+(-{MOVED.pattern})?")


def _left(event: Event, content: str) -> Iterator[str]:
    """Yield the branches that killed runs have pushed with the same, and opened no request from.

    Each is one commit, which made these results: one to which a person has added another stays.
    """
    for line in git("ls-remote", REMOTE, f"refs/heads/{_branch(event, content)}*").splitlines():
        tip, reference = line.split()
        branch = reference.removeprefix("refs/heads/")
        if _form(event.family).fullmatch(branch):
            git("fetch", "--quiet", REMOTE, reference)
            if _content(tip) == content != _content(f"{tip}^"):
                yield branch


def _moved(proposed: Proposed) -> str:
    """Return the name of what had moved, by which the branch of an alarm's proposal ends."""
    found = re.fullmatch(rf"{PROPOSALS}data-\w+-\d+-\d+-({MOVED.pattern})", proposed.branch)
    return found[1] if found else ""


def _opened(proposal: Proposal, branch: str, event: Event, words: Sequence[str]) -> str:
    """Open a proposal from a branch of its own; return its address."""
    how = HOW + provider.calls().CHECKS
    body = f"{Path(proposal.body).read_text('utf-8')}\n{how}"
    if len(body.encode()) > LARGEST:
        body = f"The report is with the run.\n\n{how}"
    title = f"{TITLES[event.trigger]}: {proposal.verdict or 'as it was'}"
    named = [f"--branch={branch}", f"--target-branch={proposal.into}", f"--title={title}"]
    # the default message says [skip ci]
    line = [*COMMAND, *words, *named, f"--body={body}", f"--message={title}"]

    def opened() -> str | None:
        found = (each.url for each in provider.calls().proposed() if each.branch == branch)
        return next(found, None)

    try:
        return retried(lambda: _run(line, proposal.commit), opened)
    except UserError:
        _remove(branch)
        raise


def _remove(branch: str) -> None:
    call("push", "--quiet", REMOTE, "--delete", branch)


def _run(line: Sequence[str], commit: str) -> str:
    """Run the command in a clone that is thrown away: CML writes the token into it."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("RUNNER_TEMP")) as scratch:
        folder = Path(scratch) / "proposal"
        git("clone", "--quiet", "--no-checkout", ".", str(folder))
        inside = ("-C", str(folder))
        git(*inside, "fetch", "--quiet", str(Path.cwd()), commit)
        git(*inside, "checkout", "--quiet", "--detach", commit)
        git(*inside, "remote", "set-url", REMOTE, git("remote", "get-url", REMOTE))
        printed = command.run(line, folder, SECONDS)
    url = printed.splitlines()[-1] if printed else ""
    if not url.startswith(("https://", "http://")):
        raise UserError(f"cml opened nothing, and printed {url[:200]!r}; see the log")
    return url
