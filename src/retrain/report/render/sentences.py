"""Two sentences for the person responsible for the business, without a word of statistics."""

from retrain.gate.schema import Comparison, Part, Recall
from retrain.report.render.markdown import alert, text
from retrain.report.render.models import in_use
from retrain.report.render.numbers import count, of_100, percent, signed
from retrain.report.render.status import BROKEN, FAILED, UNCHANGED, UNKNOWN, status
from retrain.report.schema import Facts
from retrain.run.outputs import Contract

WORD = 40
SAYS = {
    "no telling": "that difference is too small to tell from chance",
    "likely better": "that is likely a gain",
    "surely better": "that gain is more than chance",
    "likely worse": "that is likely a loss",
    "surely worse": "that loss is more than chance",
    "undefined": "that difference cannot be judged",
}
ZERO = "0.0"  # as `signed` shows it
RANKING = {"roc_auc", "average_precision"}  # the other metrics judge probabilities
PLAINLY = {
    "better": ("better", "nearer to what happens"),
    "worse": ("worse", "further from what happens"),
}


def business(facts: Facts) -> str:
    state, rows = status(facts), text(facts.words.rows, WORD)
    known = ": the model in use stays" if facts.base is not None else ""
    stays = f"Nothing changes for {rows}{known}."
    if state == BROKEN:
        return f"{_promises(facts.contract)}, so no model was trained on them. {stays}"
    if state == FAILED:
        return f"The run failed before its model could be judged. {stays}"
    if state == UNCHANGED:
        return f"Nothing that the model is made of has changed, so nothing was trained. {stays}"
    if state == UNKNOWN:
        return f"No model was judged. {stays}"
    found = in_use(facts)
    if found is None:
        return f"This is the first model: none is in use to compare it with. {_learned(facts)}"
    comparison, other = found
    if facts.verdict is not None and comparison.model == facts.verdict.model:
        return f"This is {other} itself, to the byte. {stays}"
    unsaid = f"What would change for {rows} cannot be said:"
    if comparison.problem is not None:
        return f"{unsaid} there is no fair comparison with {other}. {_learned(facts)}"
    if comparison.recall is None or comparison.recall.share.this is None:
        few = f"too few of them were {text(facts.words.outcome, WORD)}"
        return f"{unsaid} {few}. {_learned(facts)}"
    effect = _effect(facts, comparison.recall, comparison.recall.share.this, other)
    return f"{effect} {_sure(facts, comparison, comparison.recall)}"


def error(facts: Facts) -> str:
    """Return why the run failed, unless the contract's failures say it."""
    if facts.error is None or status(facts) == BROKEN:
        return ""
    return alert("CAUTION", text(facts.error))


def _promises(contract: Contract | None) -> str:
    severities = [] if contract is None else [each.severity for each in contract.failures]
    number = severities.count("critical") or len(severities)
    return (
        f"The data break {count(number, 'promise')} of their contract"
        if number
        else ("The data break their contract")
    )


def _effect(facts: Facts, recall: Recall, this: float, other: str) -> str:
    rows, outcome = text(facts.words.rows, WORD), text(facts.words.outcome, WORD)
    before = recall.share.other
    instead = "" if before is None else f", instead of {of_100(before)} with {other}"
    return (
        f"If the riskiest {percent(recall.flagged)} of {rows} were flagged, {of_100(this)} "
        f"of every 100 {outcome} ones would be among them{instead}."
    )


def _sure(facts: Facts, comparison: Comparison, recall: Recall) -> str:
    sure = percent(facts.verdict.confidence if facts.verdict else 0)
    share, said = recall.share, f"On {comparison.rows:,} {text(facts.words.rows, WORD)}"
    if facts.windows is not None:
        said += f" ({text(facts.windows.test, WORD)})"
    low, high = (None if end is None else signed(100 * end, 1) for end in (share.low, share.high))
    said += f", {'there is no difference' if low == high == ZERO else SAYS[share.effect]}"
    if low != high:
        said += f" ({sure} sure it lies between {low} and {high})"
    said += _yet(facts, comparison)
    groups = _groups(facts, comparison.parts)
    return f"{said}; {groups}." if groups else f"{said}."


def _yet(facts: Facts, comparison: Comparison) -> str:
    """Return what decides, where it says more than the share of those found."""
    name = facts.verdict.primary if facts.verdict else ""
    decides = comparison.metrics.get(name)
    if decides is None or comparison.recall is None:
        return ""
    sure, _, side = decides.effect.partition(" ")
    if side not in PLAINLY or comparison.recall.share.effect.endswith(side):
        return ""
    what = "it ranks" if name in RANKING else "its probabilities are"
    return f"; yet {what} {sure} {PLAINLY[side][name not in RANKING]}"


def _groups(facts: Facts, parts: list[Part]) -> str:
    effects, of_rows = [part.primary.effect for part in parts], f"of {text(facts.words.rows, WORD)}"
    said: list[str] = []
    for effect in ("worse", "better"):
        if number := sum(each == f"surely {effect}" for each in effects):
            who = f" {of_rows}" if not said else ""
            said.append(f"{count(number, f'group{who} does', f'groups{who} do')} {effect}")
    return " and ".join(said) or (f"no group {of_rows} changes noticeably" if parts else "")


def _learned(facts: Facts) -> str:
    rows, windows = text(facts.words.rows, WORD), facts.windows
    if windows is None:
        return ""
    return (
        f"This model learned from {windows.train_rows:,} {rows} ({text(windows.train, WORD)}) "
        f"and was judged on {windows.test_rows:,} others ({text(windows.test, WORD)})."
    )
