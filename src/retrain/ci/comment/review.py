"""The report of a change under review, posted by code that no change can change.

Its facts are read within limits, rendered here, and posted only while the request still shows the
commit that was built.
"""

import logging
from pathlib import Path

from retrain.ci import provider
from retrain.ci.api.retry import retried
from retrain.ci.api.shapes import Built
from retrain.ci.comment import looks, sticky
from retrain.errors import UserError
from retrain.gate.policy import Policy
from retrain.paths import FACTS, POLICY
from retrain.repo.git import short
from retrain.report import publish
from retrain.report.render import render
from retrain.report.render.markdown import paragraphs
from retrain.report.schema import Facts
from retrain.settings import read

log = logging.getLogger(__name__)

NO_RESULTS = "was cancelled or took too long."


def comment(folder: Path) -> str:
    """Post what the run has left in a folder, or that it has left nothing; return a sentence.

    Raises:
        UserError: if it cannot be posted.
    """
    built = provider.review().built()
    if not read(Path(POLICY), Policy).triggers.pull_request:
        return f"{POLICY} says triggers.pull_request: false, so nothing is posted."
    if why := provider.calls().unable():
        return f"Nothing is posted: {why}. The report is an artifact of {built.url}"
    log.info(f"the report is an artifact of {built.url}")
    provider.review().fetch(built, folder)
    facts, instead = _left(folder)
    provider.job().summarize(
        _written(built, facts, instead)
    )  # to be read where nothing can be posted
    number, why = provider.review().shown_by(built)
    if number is None:
        return f"Nothing is posted: {why}."
    before = sticky.text(number)
    if instead == NO_RESULTS and _link(built.commit) in before:
        return f"Nothing is posted: the comment has a report of {short(built.commit)} already."
    judged = looks.add(looks.read(before), facts, built.commit)
    report = paragraphs(_written(built, facts, instead, len(judged.commits)), judged.line)
    return _posted(built, number, report)


def _posted(built: Built, number: int, report: str) -> str:
    """Let our comment say this, while the commit is shown; return a sentence."""
    said = f"Posted the report of {short(built.commit)}."

    def attempt() -> str:
        _, why = provider.review().shown_by(built)  # asked last, each time: it may have moved on
        if why:
            return f"Nothing is posted: {why}."
        sticky.put(number, report)
        return said

    return retried(attempt, lambda: said if sticky.text(number) == report else None)


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


def _written(built: Built, facts: Facts | None, instead: str, looked: int = 0) -> str:
    """Return the comment: the report of these facts, or that there are none to be had."""
    link = f"{_link(built.commit)}({built.url})"
    if facts is None:
        heading = "No results" if instead == NO_RESULTS else "No report"
        return paragraphs(f"## ❔ {heading}", f"{link} {instead}")
    return paragraphs(render(facts, looked), f"{link}, with the change's own code.")


def _link(commit: str) -> str:
    return f"[The run of `{short(commit)}`]"
