"""The state of the run, and two sentences for the business, without terms of statistics."""

from enum import Enum

from retrain.gate.schema import Comparison, Difference, Part, Verdict
from retrain.metrics.table import places
from retrain.report.render.markdown import alert, paragraphs, text
from retrain.report.render.models import in_use, name_of_rows, name_of_window
from retrain.report.render.numbers import count, figure, of_100, percent, signed
from retrain.report.schema import Facts
from retrain.run.outputs import Contract


class Status(Enum):
    PROMOTE = ("\N{WHITE HEAVY CHECK MARK}", "promote")
    KEEP = ("\N{HEAVY MINUS SIGN}", "keep")
    BLOCK = ("\N{NO ENTRY}", "block")
    BROKEN = ("\N{NO ENTRY}", "block, the data break their contract")
    FAILED = ("\N{CROSS MARK}", "failed")
    UNCHANGED = ("\N{MEDIUM WHITE CIRCLE}", "unchanged")
    UNKNOWN = ("\N{WHITE QUESTION MARK ORNAMENT}", "no verdict")


WORD = 40
EFFECTS = {
    "not clear": "that difference is too small to tell from chance",
    "likely better": "that is likely a gain",
    "surely better": "that gain is more than chance",
    "likely worse": "that is likely a loss",
    "surely worse": "that loss is more than chance",
    "undefined": "that difference cannot be judged",
}
# what stopped a run, so that nothing changes; a broken contract has a sentence of its own
STOPPED = {
    Status.FAILED: "The run failed before its model could be judged.",
    Status.UNCHANGED: "Nothing that the model is made of has changed, so nothing was trained.",
    Status.UNKNOWN: "No model was judged.",
}
RANKING = {"roc_auc", "roc_auc_ovr", "average_precision"}
PROBABILITIES = {"log_loss", "brier", "calibration_error"}
CLOSENESS = {"better": "nearer to what happens", "worse": "further from what happens"}


def status(facts: Facts) -> Status:
    """Return the state of a run; what stopped it comes before what it found."""
    if facts.contract is not None and not facts.contract.success:
        return Status.BROKEN
    if facts.error is not None:
        return Status.FAILED
    if not facts.needed:
        return Status.UNCHANGED  # the verdict, if there is one, is that of the run before
    return Status.UNKNOWN if facts.verdict is None else Status[facts.verdict.verdict.upper()]


def heading(facts: Facts) -> str:
    mark, word = status(facts).value
    title = f"## {mark} {text(facts.artifact, 80)}: {word}"
    return paragraphs(title, f"Asked for by {text(facts.cause, 600)}" if facts.cause else "")


def summary(facts: Facts) -> str:
    state, rows, found = status(facts), name_of_rows(facts), in_use(facts)
    in_place = f": {found[1]} stays" if found is not None else ""
    no_change = f"Nothing changes for {rows}{in_place}."
    if facts.contract is not None and state is Status.BROKEN:
        return f"{_broken_contract(facts.contract)} {no_change}"
    if state in STOPPED:
        return f"{STOPPED[state]} {no_change}"
    if found is None or facts.verdict is None:
        return f"This is the first model: none is in use to compare it with. {_windows(facts)}"
    comparison, other = found
    change = comparison.plain if comparison.recall is None else comparison.recall.share
    if comparison.model == facts.verdict.model:
        return f"This is {other} itself, to the byte. {no_change}"
    if comparison.problem is not None:
        problem = f"there is no fair comparison with {other}"
    elif change is None or change.this is None:
        outcome = facts.words.outcome
        problem = f"too few of them were {text(outcome)}" if outcome else "no metric says it"
    else:
        sentence = _effect(facts, facts.verdict, comparison, change, other)
        return f"{sentence} {_uncertainty(facts, facts.verdict, comparison, change)}"
    return f"What would change for {rows} cannot be said: {problem}. {_windows(facts)}"


def error(facts: Facts) -> str:
    """Return why the run failed, unless the contract's failures say it."""
    if facts.error is None or status(facts) is Status.BROKEN:
        return ""
    return alert("CAUTION", text(facts.error))


def _broken_contract(contract: Contract) -> str:
    severities = [each.severity for each in contract.failures]
    number = severities.count("critical") or len(severities)
    promises = f"{count(number, 'promise')} of their contract" if number else "their contract"
    return f"The data break {promises}, so no model was trained on them."


def _effect(
    facts: Facts, judged: Verdict, comparison: Comparison, change: Difference, other: str
) -> str:
    """Return what the model does, in the terms of its task, and what the other one does."""
    rows, recall = name_of_rows(facts), comparison.recall
    this, before = (_plainly(judged, each) for each in (change.this, change.other))
    instead = "" if change.other is None else f", instead of {before} with {other}"
    if judged.task == "regression":
        return f"On average this model is {this} {text(facts.words.unit or '')} off{instead}."
    if recall is None:
        return f"Of every 100 {rows}, {this} get the right class{instead}."
    return (
        f"If the riskiest {percent(recall.flagged)} of {rows} were flagged, {this} of every 100 "
        f"{text(facts.words.outcome or '')} ones would be among them{instead}."
    )


def _plainly(judged: Verdict, value: float | None) -> str:
    """Return a number of the outcome's unit, or a share as a number of 100."""
    if judged.task == "regression":
        return figure(value, _few(value))
    return of_100(value or 0)


def _few(*values: float | None) -> int:
    """Return to how many decimals a number is said in a sentence: three digits or so."""
    digits = places(*values)
    return max(0, digits - 2) if digits <= 4 else digits


def _uncertainty(facts: Facts, judged: Verdict, comparison: Comparison, change: Difference) -> str:
    confidence, rows = percent(judged.confidence), f"{comparison.rows:,} {name_of_rows(facts)}"
    window = "" if facts.windows is None else f" ({name_of_window(facts.windows.test, WORD)})"
    has_unit = judged.task == "regression"
    scale, digits = (1, _few(change.this, change.other)) if has_unit else (100, 1)
    low, high = (
        None if end is None else signed(scale * end, digits) for end in (change.low, change.high)
    )
    alike = low == high == signed(0.0, digits)
    effect = "there is no difference" if alike else EFFECTS[change.effect]
    interval = f" ({confidence} sure it lies between {low} and {high})" if low != high else ""
    primary = _primary(judged.primary, comparison, change)
    groups = _groups(name_of_rows(facts), comparison.parts)
    return f"On {rows}{window}, {effect}{interval}{primary}{groups}."


def _primary(name: str, comparison: Comparison, plain: Difference) -> str:
    """Return the effect on the primary metric, where the plain one is another."""
    if name not in comparison.metrics:
        return ""
    sure, _, side = comparison.metrics[name].effect.partition(" ")
    if side not in CLOSENESS or plain.effect.endswith(side):
        return ""
    if name in PROBABILITIES:
        return f"; yet its probabilities are {sure} {CLOSENESS[side]}"
    subject = "it ranks" if name in RANKING else f"by {text(name, WORD)} it is"
    return f"; yet {subject} {sure} {side}"


def _groups(rows: str, parts: list[Part]) -> str:
    of_rows = f" of {rows}"
    clauses: list[str] = []
    for effect in ("worse", "better"):
        if number := sum(part.primary.effect == f"surely {effect}" for part in parts):
            which = "" if clauses else of_rows
            clauses.append(f"{count(number, f'group{which} does', f'groups{which} do')} {effect}")
    if parts and not clauses:
        return f"; no group{of_rows} changes noticeably"
    return f"; {' and '.join(clauses)}" if clauses else ""


def _windows(facts: Facts) -> str:
    rows, windows = name_of_rows(facts), facts.windows
    if windows is None:
        return ""
    train, test = (name_of_window(each, WORD) for each in (windows.train, windows.test))
    return (
        f"This model learned from {windows.train_rows:,} {rows} ({train}) and was judged on "
        f"{windows.test_rows:,} others ({test})."
    )
