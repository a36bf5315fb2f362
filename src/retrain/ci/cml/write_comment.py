"""The comment on a change under review, written by code that no change can change.

What the change's run has left is read within limits, and rendered again.
"""

import logging
from pathlib import Path

from retrain.ci import provider
from retrain.ci.api.types import Built
from retrain.ci.cml import sticky
from retrain.ci.cml.pushes import Pushes
from retrain.errors import UserError
from retrain.files import whole
from retrain.gate.policy import Policy
from retrain.paths import COMMENT, FACTS, POLICY
from retrain.repo.git import short
from retrain.report import publish
from retrain.report.render import render
from retrain.report.render.markdown import paragraphs
from retrain.report.schema import Facts
from retrain.settings import read

log = logging.getLogger(__name__)

NO_RESULTS = "was cancelled or took too long."


def review(folder: Path) -> tuple[int | None, str]:
    """Write comment.md, of what the run has left in a folder or that it has left nothing.

    Returns:
        The number of the request to post it on, or None if nothing is to be posted; a sentence.
    """
    Path(COMMENT).unlink(missing_ok=True)
    built = provider.review().built()
    if not read(Path(POLICY), Policy).triggers.pull_request:
        return None, f"{POLICY} says triggers.pull_request: false, so nothing is posted."
    if why := provider.calls().read_only():
        return None, f"Nothing is posted: {why}. The report is an artifact of {built.url}"
    log.info(f"the report is an artifact of {built.url}")
    provider.review().fetch(built, folder)
    facts, instead = _left(folder)
    # to be read where nothing can be posted
    provider.job().summarize(_written(built, facts, instead))
    number, why = provider.review().shown_by(built)
    if number is None:
        return None, f"Nothing is posted: {why}."
    before = sticky.text(number)
    if instead == NO_RESULTS and _link(built.commit) in before:
        why = f"the comment has a report of {short(built.commit)} already"
        return None, f"Nothing is posted: {why}."
    pushes = Pushes.read(before).add(facts, built.commit)
    with whole(Path(COMMENT)) as scratch:
        text = _written(built, facts, instead, len(pushes.commits))
        scratch.write_text(paragraphs(text, pushes.line), "utf-8")
    return number, f"{COMMENT} holds the report of {short(built.commit)}."


def _left(folder: Path) -> tuple[Facts | None, str]:
    """Return the facts that a run has left, or None and what is said in their place."""
    source = folder / FACTS
    if source.is_symlink() or not source.is_file():
        cut = provider.review().interrupted()
        return None, NO_RESULTS if cut else "left no report. Its log says why."
    try:
        return publish.read(source), ""
    except UserError:
        return None, "left something that is no report. Its log says more."


def _written(built: Built, facts: Facts | None, instead: str, pushes: int = 0) -> str:
    link = f"{_link(built.commit)}({built.url})"
    if facts is None:
        heading = "No results" if instead == NO_RESULTS else "No report"
        return paragraphs(f"## ❔ {heading}", f"{link} {instead}")
    return paragraphs(render(facts, pushes), f"{link}, with the change's own code.")


def _link(commit: str) -> str:
    return f"[The run of `{short(commit)}`]"
