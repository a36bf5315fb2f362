"""Is this run's model better than the champion? The answer is data: `reports/verdict.json`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dvc.repo import Repo

from retrain.ci import behaviour, judge, reports
from retrain.ci.changes import md5
from retrain.ci.compare import Other, compare
from retrain.ci.git import show
from retrain.ci.policy import Policy
from retrain.ci.reports import VERDICT
from retrain.ci.repository import LOCK, hashes
from retrain.ci.run import METRICS, MODEL, PREDICTIONS, model_of
from retrain.ci.verdict import Comparison, Outcome, Verdict
from retrain.errors import UserError
from retrain.files import write_json
from retrain.metrics import HIGHER_IS_BETTER
from retrain.registry.versions import Version


def gate(
    repo: Repo,
    base: str | None,
    champion: Version | None,
    policy: Policy,
    tell: Callable[[str], None],
) -> Verdict:
    """Judge the model of this folder, and write the verdict.

    Args:
        repo: see `repository.opened`.
        base: the commit whose model shows the effect of the change.
        champion: the newest version; before the first, the base's model takes its place.
        policy: the base's.
        tell: called with a line of text before each long step.

    Raises:
        UserError: if there is no model here, or its results are not those of its lock.
    """
    if broken := _broken_contract():
        return _written(policy, "block", broken)
    model = built()
    report = reports.metrics()
    if report is None:
        raise UserError(f"{METRICS} is missing; first: retrain run")
    tell("gate: the tests of the model's behaviour")
    failures = behaviour.failures(policy.gate.behaviour)

    def compared(role: str, commit: str, version: str | None) -> Comparison | None:
        other = model_of(commit)
        if other is None and (version is None and show(commit, LOCK) is None):
            return None  # there has never been a model
        if other is None:
            problem = f"{LOCK} of {version or 'the base'} names no {MODEL}"
            return Comparison(model="", version=version, problem=problem)
        if other != model:
            tell(f"gate: the {role}'s model scores this run's test window")
        return compare(repo, model, Other(commit, other, version), report.window.train, policy)

    against_base = compared("base", base, None) if base else None
    against_champion = against_base
    if champion and against_base and model_of(champion.commit) == against_base.model:
        against_champion = against_base = against_base.model_copy(update={"version": champion.name})
    elif champion:
        against_champion = compared("champion", champion.commit, champion.name)
    blocked = judge.blocked(policy.gate, report.model, report.reference, failures)
    outcome, reasons = judge.decide(policy.gate, model, against_champion)
    if blocked:
        outcome, reasons = "block", blocked
    found = {"model": model, "metrics": report.model}
    return _written(policy, outcome, reasons, **found, base=against_base, champion=against_champion)


def _written(policy: Policy, outcome: Outcome, reasons: list[str], **found: Any) -> Verdict:
    nothing: dict[str, Any] = {"model": None, "metrics": {}, "base": None, "champion": None}
    verdict = Verdict(
        verdict=outcome,
        reasons=reasons,
        confidence=policy.gate.resampling.confidence,
        primary=policy.gate.primary,
        higher_is_better={name: HIGHER_IS_BETTER[name] for name in policy.gate.metrics},
        **nothing | found,
    )
    write_json(Path(VERDICT), verdict.model_dump(mode="json"))
    return verdict


def _broken_contract() -> list[str]:
    """Return what stopped the run, where it was the data."""
    report = reports.validation()
    if report is None or report.success:
        return []
    critical = [each for each in report.failures if each.severity == "critical"]
    return [f"{each.file}: {each.expected}: {each.found}"[:1000] for each in critical]


def built() -> str:
    """Return the MD5 of this folder's model, if its results are what its lock says they are."""
    if not Path(LOCK).exists():
        raise UserError(f"{LOCK} is missing: there is no model to judge; first: retrain run")
    locked = hashes(Path(LOCK).read_text("utf-8"))
    for path in (PREDICTIONS, METRICS, MODEL):
        found = md5(path)
        if found is None:
            raise UserError(f"{path} is missing; first: retrain run")
        if found != locked.get(path):
            raise UserError(f"{path} is not what {LOCK} names; first: retrain run")
    return locked[MODEL]
