"""A proposal as a pull or merge request: the newest of its family is open, and no other."""

import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from retrain.ci import landing, provider
from retrain.ci.api.retry import retried
from retrain.ci.api.shapes import Proposed
from retrain.ci.comment import cml
from retrain.ci.event import Event
from retrain.errors import UserError
from retrain.landing.land import PROPOSALS, Proposal
from retrain.paths import DATA, PARAMS
from retrain.repo import dvc
from retrain.repo.base import RESULTS
from retrain.repo.git import REMOTE, call, git

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


def propose(event: Event) -> str:
    """Open the prepared proposal, and close the older ones of its family; return a sentence.

    The same results are proposed once, for as long as that proposal is open. Killed or refused on
    the way, the next one closes what this one has left open.

    Raises:
        UserError: if it cannot be opened; its branch is removed then.
    """
    with dvc.opened() as repo:
        proposal = landing.read(repo)
    if proposal is None:
        return "No proposal is prepared, so none is opened."
    content = _content(proposal.commit)
    if event.trigger == "push" and _proposed_before(_content(f"{proposal.commit}^")):
        raise UserError(MACHINES)
    older = _ours(event.family, provider.calls().proposed())
    same = [each for each in older if f"{event.family}-{content}-" in each.branch]
    if same:
        url, said = same[-1].url, "The same is proposed already"
        older.remove(same[-1])
    else:
        branch = f"{PROPOSALS}{event.family}-{content}-{event.run}"
        title = f"{TITLES[event.trigger]}: {proposal.verdict or 'as it was'}"
        url, said = _opened(proposal, branch, title), "Proposed"
    if event.trigger == "button":  # what another person has asked for stays
        older = []
    for each in older:
        provider.calls().say(each.number, f"A newer proposal takes the place of this one: {url}")
        provider.calls().close(each.number)
        call("push", "--quiet", REMOTE, f":refs/heads/{each.branch}")
    closed = "".join(f", in place of {each.name}" for each in older)
    return f"{said}: {url}{closed}"


def _content(commit: str) -> str:
    """Return a name for the results of a commit, and for what they were asked for with.

    Other files do not count: a proposal stays as good as it was when the README changes.
    """
    listed = git("ls-tree", commit, "--", *RESULTS, DATA, PARAMS)
    return git("hash-object", "--stdin", text=listed)[:12]


def _proposed_before(content: str) -> bool:
    """Tell whether what was merged is a proposal of ours: then the same would go on for ever."""
    closed = _ours("push", provider.calls().proposed_before())
    return any(f"-{content}-" in each.branch for each in closed)


def _ours(family: str, proposed: Iterable[Proposed]) -> list[Proposed]:
    """Return the proposals of a family, by their branches."""
    ours = re.compile(rf"{PROPOSALS}{family}-[0-9a-f]{{12}}-\d+-\d+")
    return [each for each in proposed if ours.fullmatch(each.branch)]


def _opened(proposal: Proposal, branch: str, title: str) -> str:
    """Open a proposal from a branch of its own, which goes where that fails."""
    how = HOW + provider.calls().CHECKS
    body = f"{Path(proposal.body).read_text('utf-8')}\n{how}"
    if len(body.encode()) > LARGEST:
        body = f"The report is with the run.\n\n{how}"

    def standing() -> str | None:
        found = (each.url for each in provider.calls().proposed() if each.branch == branch)
        return next(found, None)

    try:
        return retried(lambda: _pushed(proposal, branch, title, body), standing)
    except UserError:
        call("push", "--quiet", REMOTE, f":refs/heads/{branch}")
        raise


def _pushed(proposal: Proposal, branch: str, title: str, body: str) -> str:
    """Push the proposal's commit from a clone that is thrown away, and open it."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("RUNNER_TEMP")) as scratch:
        folder = Path(scratch) / "proposal"
        git("clone", "--quiet", "--no-checkout", ".", str(folder))
        inside = ("-C", str(folder))
        git(*inside, "fetch", "--quiet", str(Path.cwd()), proposal.commit)
        git(*inside, "checkout", "--quiet", "--detach", proposal.commit)
        git(*inside, "remote", "set-url", REMOTE, git("remote", "get-url", REMOTE))
        return cml.pull_request(folder, branch, proposal.into, title, body)
