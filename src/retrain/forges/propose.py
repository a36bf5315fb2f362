"""A proposal as a pull request: the newest one of its family is open, and no other."""

import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from retrain.ci import repository
from retrain.ci.base import RESULTS
from retrain.ci.git import REMOTE, call, git
from retrain.ci.land import PROPOSALS, Proposal
from retrain.ci.repository import DATA
from retrain.errors import UserError
from retrain.forges import api, cml, landing
from retrain.forges.event import Event
from retrain.forges.overrides import PARAMS

LARGEST = 100_000  # bytes of one word on a command line; Linux takes 131,072
TITLES = {
    "schedule": "New data",
    "alarm": "New data, after an alarm",
    "button": "What the button asked for",
    "push": "What was merged, to land",
}
MACHINES = (
    "the merged proposal and what is built here differ, as they may on another kind of processor; "
    "run this job again, or choose one runner for all in .github/workflows/retrain.yml"
)
HOW = """---
**To accept it, merge it.** The landing that follows builds it once more, and registers what is \
promoted. Its checks begin after a click on *Approve workflows to run*, or by themselves where the \
repository has the secrets of a GitHub App."""


def propose(event: Event) -> str:
    """Open the prepared proposal, and close the older ones of its family; return a sentence.

    The same results are proposed once, for as long as that proposal is open. Killed or refused on
    the way, the next one closes what this one has left open.

    Raises:
        UserError: if it cannot be opened; its branch is removed then.
    """
    with repository.opened() as repo:
        proposal = landing.read(repo)
    content = _content(proposal.commit)
    if event.trigger == "push" and _proposed_before(_content(f"{proposal.commit}^")):
        raise UserError(MACHINES)
    older = _ours(event.family, api.pulls())
    same = [each for each in older if f"{event.family}-{content}-" in each["head"]["ref"]]
    if same:
        url, said = same[-1]["html_url"], "The same is proposed already"
        older.remove(same[-1])
    else:
        branch = f"{PROPOSALS}{event.family}-{content}-{event.run}"
        title = f"{TITLES[event.trigger]}: {proposal.verdict or 'as it was'}"
        url, said = _opened(proposal, branch, title), "Proposed"
    if event.trigger == "button":  # what another person has asked for stays
        older = []
    for each in older:
        api.comment(each["number"], f"A newer proposal takes the place of this one: {url}")
        api.close(each["number"])
        call("push", "--quiet", REMOTE, f":refs/heads/{each['head']['ref']}")
    closed = "".join(f", in place of #{each['number']}" for each in older)
    return f"{said}: {url}{closed}"


def _content(commit: str) -> str:
    """Return a name for the results of a commit, and for what they were asked for with.

    Other files do not count: a proposal stays as good as it was when somebody changes the README.
    """
    listed = git("ls-tree", commit, "--", *RESULTS, DATA, str(PARAMS))
    return git("hash-object", "--stdin", text=listed)[:12]


def _proposed_before(content: str) -> bool:
    """Tell whether what was merged is a proposal of ours: then the same would go on for ever."""
    recent = {"state": "closed", "sort": "updated", "direction": "desc", "per_page": 100}
    closed = _ours("push", api.call("GET", "pulls", params=recent))
    return any(f"-{content}-" in each["head"]["ref"] for each in closed)


def _ours(family: str, pulls: Iterable[Any]) -> list[Any]:
    """Return the proposals of a family: branches of this repository, never a fork's."""
    ours = re.compile(rf"{PROPOSALS}{family}-[0-9a-f]{{12}}-\d+-\d+")
    return [
        each
        for each in pulls
        if ours.fullmatch(each["head"]["ref"])
        and (each["head"]["repo"] or {}).get("full_name") == api.repository()
    ]


def _opened(proposal: Proposal, branch: str, title: str) -> str:
    """Push the proposal's commit from a clone that is thrown away, and open it."""
    body = f"{Path(proposal.body).read_text('utf-8')}\n{HOW}"
    if len(body.encode()) > LARGEST:
        body = f"The report is in the summary of the run.\n\n{HOW}"
    with tempfile.TemporaryDirectory(dir=os.environ.get("RUNNER_TEMP")) as scratch:
        folder = Path(scratch) / "proposal"
        git("clone", "--quiet", "--no-checkout", ".", str(folder))
        inside = ("-C", str(folder))
        git(*inside, "fetch", "--quiet", str(Path.cwd()), proposal.commit)
        git(*inside, "checkout", "--quiet", "--detach", proposal.commit)
        git(*inside, "remote", "set-url", REMOTE, git("remote", "get-url", REMOTE))
        try:
            return cml.pull_request(folder, branch, proposal.into, title, body)
        except UserError:
            call("push", "--quiet", REMOTE, f":refs/heads/{branch}")
            raise
