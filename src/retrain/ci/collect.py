"""The facts of a run, gathered from what is here: files, the base, the record of what ran."""

import json
from pathlib import Path
from typing import Any

from dvc.repo import Repo

from retrain.ci.base import NOTHING, Base
from retrain.ci.changes import changes
from retrain.ci.facts import Contract, Facts, Windows, Words
from retrain.ci.gate import VERDICT, model_of
from retrain.ci.git import differing, git, short, show
from retrain.ci.plan import Plan
from retrain.ci.policy import Policy
from retrain.ci.repository import DATA, LOCK, hashes
from retrain.ci.run import METRICS, MODEL, RECORD, VALIDATION
from retrain.ci.verdict import Verdict
from retrain.errors import UserError


def collect(repo: Repo, base: Base, plan: Plan, policy: Policy, notes: list[str]) -> Facts:
    """Return everything that a report says of the run in this folder.

    Args:
        repo: see `repository.opened`.
        base: what the run is compared with.
        plan: what it was to do.
        policy: the base's, which judges.
        notes: what a reader must know besides.

    Raises:
        UserError: if nothing has run here, or the gate has judged against another base.
    """
    record = _json(str(Path(repo.tmp_dir) / RECORD)) or {"steps": [], "error": None}
    error, contract = record["error"], _json(VALIDATION)
    if contract and contract["success"] is False:
        error = None  # the contract says it better
    failed = bool(record["error"])
    report: dict[str, Any] = {} if failed else _json(METRICS) or {}
    if plan.ignored:
        notes = [*notes, f"committed here and not believed: {', '.join(plan.ignored)}"]
    if base.commit is None:
        notes = [*notes, base.why]
    before = json.loads((base.commit and show(base.commit, METRICS)) or "{}").get("model", {})
    return Facts(
        artifact=artifact(repo),
        words=Words(rows=policy.words.rows, outcome=policy.words.outcome),
        base=short(base.commit) if base.commit and model_of(base.commit) else None,
        needed=plan.needed,
        error=error[:1000] if error else None,
        notes=notes,
        changes=changes(base.commit)[:500] if base.commit else [],
        windows=_windows(report),
        reference=report.get("reference", {}),
        others=_others(before, report.get("model", {}), policy),
        verdict=None if failed else _verdict(base, plan),
        contract=Contract.model_validate(contract) if contract else None,
        steps=record["steps"],
        reproduce=_reproduce(base),
    )


def _reproduce(base: Base) -> str:
    """Return the command that does the same; new data that nobody has committed come first."""
    steps = [f"git checkout {short(git('rev-parse', 'HEAD'))}"]
    if differing("HEAD", paths=(DATA,)):
        steps.append("make ingest")
    steps.append(f"make judge BASE={short(base.commit) if base.commit else NOTHING}")
    return " && ".join(steps)


def artifact(repo: Repo) -> str:
    """Return the name that dvc.yaml gives to the model."""
    listed = [item for each in repo.artifacts.read().values() for item in each.items()]
    names = [name for name, found in listed if found.path == MODEL]
    if len(names) != 1:
        raise UserError(f"dvc.yaml: artifacts should give {MODEL} one name, and gives {len(names)}")
    return str(names[0])


def _verdict(base: Base, plan: Plan) -> Verdict | None:
    found = _json(VERDICT)
    if found is None:
        return None
    verdict = Verdict.model_validate_json(json.dumps(found))
    compared = model_of(base.commit) if base.commit else None
    known = verdict.base.model if verdict.base else None
    if plan.needed and (verdict.model != hashes(_text(LOCK))[MODEL] or known != compared):
        raise UserError(f"{VERDICT} is of another model or base; first: retrain gate")
    return verdict


def _windows(report: dict[str, Any]) -> Windows | None:
    if not report:
        return None
    window, rows = report["window"], report["rows"]
    return Windows(
        train=window["train"],
        test=window["test"],
        train_rows=rows["train"],
        test_rows=rows["test"],
    )


def _others(before: dict[str, Any], now: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """Return the metrics that the gate does not judge, of the base's report and of this run's."""
    names = sorted({*before, *now} - set(policy.gate.metrics))
    return {name: (before.get(name), now.get(name)) for name in names}


def _text(path: str) -> str:
    return Path(path).read_text("utf-8")


def _json(path: str) -> dict[str, Any] | None:
    return dict(json.loads(_text(path))) if Path(path).exists() else None
