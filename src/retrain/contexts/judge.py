"""What a model of its own is worth to a context, against the one for all contexts."""

import logging
from typing import Literal

from dvc.repo import Repo
from pydantic import Field

from retrain.contexts import checkout, start
from retrain.contexts.values import Context
from retrain.errors import UserError
from retrain.gate.policy import Policy
from retrain.gate.schema import Difference, Verdict
from retrain.paths import LOCK
from retrain.repo import snapshot
from retrain.repo.git import show
from retrain.run import execution
from retrain.run.outputs import Step
from retrain.run.plan import in_words, stale
from retrain.settings import Count, Line, Section

log = logging.getLogger(__name__)

Earns = Literal["yes", "no", "too few to say", "not built"]
FIRST = "first build the model for all contexts: make train"


class Judged(Section):
    """A context's own model beside the common one, on the context's rows of the test window."""

    context: Line
    column: Line
    earns: Earns
    why: Line
    primary: Line
    confidence: float  # of the interval
    rows: Count = 0  # that judge, which neither model has learned from
    difference: Difference | None = None  # by the primary metric; `this` is its own model's
    steps: list[Step] = Field(default_factory=list)


def common(repo: Repo, policy: Policy) -> str:
    """Return a commit of this folder, with the model for all contexts that is in its lock.

    Raise unless that is the model of the code, the parameters and the data of this folder: it would
    differ from a context's own by more than the rows.
    """
    snapshot.pull(repo)
    snapshot.keep_unsaved(repo)
    commit = start.of_this_folder(policy)
    if (lock := show(commit, LOCK)) is None:
        raise UserError(f"{LOCK} is missing: there is no model to compare with; {FIRST}")
    if reasons := stale(repo, commit, lock):
        raise UserError(f"{LOCK} is not of what is in this folder ({in_words(reasons)}); {FIRST}")
    return commit


def judge(repo: Repo, context: Context, commit: str, policy: Policy, force: bool = False) -> Judged:
    """Build a context's own model in a folder of its own, and judge it against a commit's model."""
    from retrain.gate.gate import gate

    log.info(f"{context.value}: its own model, in {context.folder}")
    begun = start.of_context(context, commit)
    with checkout.opened(context, begun, commit, repo) as own:
        done = execution.run(own, force)
        verdict = gate(own, commit, None, policy)
    return _judged(context, policy, verdict, done.steps)


def every(repo: Repo, contexts: list[Context], commit: str, policy: Policy) -> list[Judged]:
    """Judge some contexts; one that cannot be built does not stop the others."""
    found = []
    for context in contexts:
        try:
            found.append(judge(repo, context, commit, policy))
        except UserError as error:
            log.warning(f"{context.value}: {error}")
            found.append(_about(context, policy, "not built", str(error)))
    return found


def _judged(context: Context, policy: Policy, verdict: Verdict, steps: list[Step]) -> Judged:
    other, why = verdict.base, "; ".join(verdict.reasons)
    earns: Earns = "yes" if verdict.verdict == "promote" else "no"
    known = verdict.rows.total - verdict.rows.unknown if verdict.rows else 0
    if other is None or other.problem:
        few = verdict.rows is not None and known < policy.gate.min_rows
        if other and other.problem and other.problem not in why:
            why += f"; and not comparable: {other.problem}"
        return _about(context, policy, "too few to say" if few else "no", why, known, steps=steps)
    difference = other.metrics[policy.gate.primary]
    return _about(context, policy, earns, why, other.rows, difference, steps)


def _about(
    context: Context,
    policy: Policy,
    earns: Earns,
    why: str,
    rows: int = 0,
    difference: Difference | None = None,
    steps: list[Step] | None = None,
) -> Judged:
    return Judged(
        context=context.value[:1000],
        column=context.column[:1000],
        earns=earns,
        why=why[:1000],
        primary=policy.gate.primary,
        confidence=policy.gate.confidence,
        rows=rows,
        difference=difference,
        steps=steps or [],
    )
