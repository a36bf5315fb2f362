"""The facts of a run, gathered from what is here: files, the base, the record of what ran."""

import json
import re
from pathlib import Path
from typing import Any

from dvc.repo import Repo

from retrain.errors import UserError
from retrain.gate.policy import Policy, Words
from retrain.gate.schema import Verdict, read_verdict
from retrain.paths import CONTRACT, DATA, LOCK, MODEL, PIPELINE, POLICY, RECORD, VERDICT
from retrain.registry.versions import NO_VERSION
from retrain.repo import line
from retrain.repo.base import Base, edited
from retrain.repo.git import NOTHING, commit_of, short
from retrain.repo.lockfile import hashes
from retrain.report.changes import changes
from retrain.report.new_data import new_rows
from retrain.report.schema import VERSION, Built, Change, Facts, Windows
from retrain.run import ingest, outputs
from retrain.run.outputs import Metrics, model_of
from retrain.run.plan import Plan
from retrain.run.problem import artifact
from retrain.settings import read

OWN = (PIPELINE, CONTRACT)  # what a context has its own of, besides its rows


def collect(
    repo: Repo,
    base: Base,
    plan: Plan,
    policy: Policy,
    notes: list[str],
    failure: str | None = None,
    cause: str | None = None,
    verdict: Verdict | None = None,
    source: str | None = None,
) -> Facts:
    """Return everything that a report says of the run in this folder.

    `source`: the commit that a context's line takes from the default branch; None: HEAD.

    Where the plan is to do nothing, the base's reports are shown. `failure` and `verdict` are those
    of the run; without them, those that the newest run has left are.
    """
    record = _record()
    failure = failure or (record["error"] if plan.needed else None)
    began = not failure or record["steps"]  # else the folder's reports are of a run before
    source = None if plan.needed else base.commit
    contract = outputs.validation(source) if began else None
    found = None if failure else outputs.metrics(source)
    if plan.ignored:
        notes = [*notes, f"committed here and not believed: {', '.join(plan.ignored)}"]
    if base.commit is None:
        notes = [*notes, base.why]
    verdict = None if failure or not plan.needed else verdict or _verdict(base)
    found_changes = changes(repo, base.commit, policy.gate.behaviour) if base.commit else []
    complete = plan.needed and not failure
    return Facts(
        artifact=artifact(),
        words=Words(**policy.words.model_dump(exclude={"flagged"})),
        base=short(base.commit) if base.commit and model_of(base.commit) else None,
        needed=plan.needed,
        error=(record["error"] or failure)[:1000] if failure else None,
        cause=cause,
        notes=[note[:1000] for note in notes][:100],
        changes=_most(found_changes),
        new_rows=new_rows(found_changes, policy.gate.blocks.column) if complete else [],
        judged_by="own" if policy == read(Path(POLICY), Policy) else "base",
        windows=Windows(
            train=found.window.train,
            test=found.window.test,
            train_rows=found.rows.train,
            test_rows=found.rows.test,
        )
        if found
        else None,
        reference=found.reference if found else {},
        others=_others(base, found, policy) if found else {},
        verdict=verdict,
        contract=contract,
        steps=record["steps"],
        built=_built(base, verdict, source),
    )


def _most(found: list[Change]) -> list[Change]:
    """Return as many as a report takes: no number of parameters hides what else has changed."""
    return sorted(found, key=lambda each: each.kind == "parameter")[:500] if found[500:] else found


def _record() -> dict[str, Any]:
    try:
        return dict(json.loads(Path(RECORD).read_text("utf-8")))
    except (OSError, ValueError):
        return {"steps": [], "error": None}


def _built(base: Base, verdict: Verdict | None, source: str | None) -> Built:
    named = verdict and verdict.champion and verdict.champion.version
    champion = named or (NO_VERSION if verdict and verdict.model else "")
    context = line.name() or None
    changed = {*edited()} - {*(OWN if context else ())}
    return Built(
        commit=short(source or commit_of("HEAD")),
        base=short(base.commit) if base.commit else NOTHING,
        # its rows are other data than HEAD's, whatever is new
        new_data=bool(ingest.read().new) if context else DATA in changed,
        edited=bool(changed - {DATA}),
        champion=champion if re.fullmatch(VERSION, champion) else None,
        context=context,
    )


def _verdict(base: Base) -> Verdict | None:
    """Return the gate's verdict, if it is of this folder's model and of this base."""
    found = read_verdict()
    if found is None:
        return None
    lock = Path(LOCK).read_text("utf-8") if Path(LOCK).exists() else "stages: {}"
    compared = model_of(base.commit) if base.commit else None
    if found.model != hashes(lock).get(MODEL) or compared != (found.base and found.base.model):
        raise UserError(f"{VERDICT} is of another model or base; first: retrain gate")
    return found


def _others(base: Base, now: Metrics, policy: Policy) -> dict[str, Any]:
    """Return the metrics that the gate does not judge, of the base's report and of this run's."""
    before = outputs.metrics(base.commit) if base.commit else None
    old = before.model if before else {}
    names = sorted({*old, *now.model} - set(policy.gate.metrics))
    return {name: (old.get(name), now.model.get(name)) for name in names}
