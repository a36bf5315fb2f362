"""Is this run's model better than the champion? The answer is data: `reports/verdict.json`.

The change's own code is run first, and its results are checked by its lock before and after. The
base's code says which rows judge, and what their outcome was.
"""

import logging
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from dvc.repo import Repo

from retrain import programs
from retrain.files import write_json
from retrain.gate import behaviour, decision
from retrain.gate.commit_code import code
from retrain.gate.compare import Other, check_comparable, compare
from retrain.gate.policy import Policy
from retrain.gate.results import Results
from retrain.gate.schema import Comparison, Outcome, Verdict
from retrain.gate.tables import ContractError
from retrain.gate.window import read_window
from retrain.paths import LOCK, METRICS, MODEL, VERDICT
from retrain.registry.next_version import kind
from retrain.registry.versions import Version
from retrain.repo.git import show
from retrain.run import outputs
from retrain.run.outputs import model_of
from retrain.run.problem import other_model, same_line

log = logging.getLogger(__name__)


def gate(repo: Repo, base: str | None, champion: Version | None, policy: Policy) -> Verdict:
    """Judge the model of this folder by the base's policy, and write the verdict.

    `base` is the commit whose model shows the effect of the change; before the first version that
    model takes the champion's place.
    """
    if broken := _broken_contract():
        return _written(policy, "block", broken)
    results = Results(repo)
    log.info("gate: the tests of the model's behaviour")
    outs = [Path(str(out)) for stage in repo.index.stages for out in stage.outs]
    tests = behaviour.run(policy.gate.behaviour, outs, policy.gate.warns)
    found: dict[str, Any] = {"model": results.model, "tests": tests}
    try:
        found |= _judged(repo, results, base, champion, policy)
    except ContractError as error:
        return _written(policy, "block", [str(error)], **found)
    programs.end_others()  # of the model's code: it could write what is read now
    results.check()
    reference = outputs.metrics_in(results.content(METRICS)).reference
    if blocked := decision.blocked(policy.gate, found["metrics"], reference, tests):
        return _written(policy, "block", blocked, **found)
    outcome, reasons = decision.decide(policy.gate, results.model, found["champion"])
    return _written(policy, outcome, reasons, **found)


def _judged(
    repo: Repo, results: Results, base: str | None, champion: Version | None, policy: Policy
) -> dict[str, Any]:
    """Return the verdict's `task`, `metrics`, `rows`, `base` and `champion`."""
    # without a model at the base, a champion's code is as good; before the first, this run's own
    newest = champion.commit if champion else None
    if base and other_model(base):
        base = None
    trusted = base if base and model_of(base) else newest
    with code(repo, trusted) as judging:
        log.info(f"gate: the code of {'the base' if trusted else 'this run'} says which rows judge")
        window = read_window(judging, results, policy.gate)

        def compared(commit: str, version: str | None) -> Comparison | None:
            lock, model, name = show(commit, LOCK), model_of(commit), version or "the base"
            if lock is None and version is None:
                return None  # there has never been a model
            if lock is None or model is None:
                return Comparison(
                    model="", version=version, problem=f"{LOCK} of {name} names no {MODEL}"
                )
            if model != results.model:
                log.info(f"gate: the model of {name} scores this run's test window")
            # a model for other rows than before is a change, though nothing but its data differs
            differs = kind(lock, results.lock.decode()) if same_line(commit) else "change"
            other = Other(model, version, differs)
            with nullcontext(judging) if commit == trusted else code(repo, commit) as theirs:
                return compare(window, other, theirs, policy)

        with_base = compared(base, None) if base else None
        with_champion = with_base
        if champion and with_base and model_of(champion.commit) == with_base.model:
            with_champion = with_base = with_base.model_copy(update={"version": champion.name})
        elif champion:
            with_champion = compared(champion.commit, champion.name)
        if with_champion is None:
            check_comparable(window, policy.gate)
    return {
        "task": window.task,
        "metrics": window.metrics,
        "rows": window.summary,
        "base": with_base,
        "champion": with_champion,
    }


def _written(policy: Policy, outcome: Outcome, reasons: list[str], **found: Any) -> Verdict:
    verdict = Verdict(
        verdict=outcome,
        reasons=[reason[:1000] for reason in reasons][:1000],
        confidence=policy.gate.confidence,
        primary=policy.gate.primary,
        higher_is_better={
            name: metric.higher_is_better for name, metric in policy.gate.table.items()
        },
        **found,
    )
    write_json(Path(VERDICT), verdict.model_dump(mode="json"))
    return verdict


def _broken_contract() -> list[str]:
    report = outputs.validation()
    if report is None or report.success:
        return []
    critical = [each for each in report.failures if each.severity == "critical"]
    return [f"{each.file}: {each.expected}: {each.found}"[:1000] for each in critical]
