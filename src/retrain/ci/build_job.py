"""A run of a job, step by step: `start`, then `dvc repro`, then `judge` and `report`.

Its terms are settled anew in each step, by the event and by Git's folder, which `dvc repro` cannot
write: see `isolation`. What a candidate says of them, the landing holds against the remote.
"""

from dataclasses import replace
from pathlib import Path

from dvc.repo import Repo

from retrain.ci.checkout import compared_with, prepare
from retrain.ci.event import Event
from retrain.contexts import values
from retrain.errors import UserError
from retrain.gate.schema import Verdict
from retrain.landing import believed, candidate
from retrain.landing.prepare import BlockedError, ready
from retrain.paths import ERROR, RECORD
from retrain.repo import dvc, line, remote, snapshot
from retrain.repo.remote import Tip
from retrain.report import publish
from retrain.report.judgement import Terms, settle
from retrain.run import execution, ingest, step_notes

BLOCKED = "blocked, nothing lands"


def start(event: Event) -> bool:
    """Prepare this folder for `dvc repro`; return whether there is anything to build."""
    publish.discard()  # of the plan, or of an earlier run
    prepare(event, commit=event.lands)
    if event.context:
        from retrain.contexts import checkout  # here: other runs need not read data themselves

        checkout.make_here(values.of_this_folder(event.context))
    with line.of(event.context), dvc.opened() as repo:
        tip, terms = _settled(repo, event)
        if event.lands:
            snapshot.keep_unsaved(repo)
            believed.check(tip)
        if terms.plan.needed:
            execution.start(repo, terms.start)
        return terms.plan.needed


def judge(event: Event) -> Verdict | None:
    """Judge what `dvc repro` has built; None: there was nothing to build."""
    if not step_notes.started():
        return None
    with line.of(event.context), dvc.opened() as repo:
        execution.finish(repo)
        return _settled(repo, event)[1].judge()


def report(event: Event) -> str:
    """Write the report, and leave what is to land in candidate/; return the hash of that, or ""."""
    with line.of(event.context), dvc.opened() as repo:
        tip, terms = _settled(repo, event)
        failure = _failure(repo)
        facts = terms.report(failure=failure)
        if failure or not event.lands:
            return ""
        try:
            found = ready(tip, facts.verdict, event.provenance())
        except BlockedError:
            return ""
        return candidate.pack(repo, found, event.pipeline)


def _settled(repo: Repo, event: Event) -> tuple[Tip, Terms]:
    tip = remote.remembered()
    if event.lands:
        why = believed.distrust(tip)
        terms = settle(repo, believed.newest_landing(tip), why, event.cause, tip=tip)
    else:
        terms = settle(repo, compared_with(event), cause=event.cause, tip=tip)
    corrections = ingest.read().corrections if event.new_data else []
    # a context is built in the folder of HEAD, which may be newer than what has landed
    return tip, replace(terms, notes=[*terms.notes, *corrections], source=None)


def _failure(repo: Repo) -> str | None:
    """Return why a step before has failed, if one has."""
    said = Path(ERROR).read_text("utf-8") if Path(ERROR).exists() else None
    if step_notes.started() and not Path(RECORD).exists():  # `judge` has not followed `start`
        try:
            execution.finish(repo)
        except UserError as error:
            return str(error)
    return said
