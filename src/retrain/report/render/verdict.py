"""The verdict: its consequence, the number that decided, and the reasons."""

from retrain.gate.schema import Verdict
from retrain.metrics.table import places
from retrain.report.render import causes
from retrain.report.render.markdown import CELL, bullets, cut, paragraphs, text
from retrain.report.render.models import in_use, name_of_rows, of_window, same_model
from retrain.report.render.numbers import effect, figure, interval, percent, signed, typeset
from retrain.report.schema import Facts

REASONS = 6
CONSEQUENCE = {
    "promote": "this model becomes the next version once it lands.",
    "keep": "no version is registered.",
    "block": "nothing of this run may land.",
}


def verdict(facts: Facts) -> str:
    judged = facts.verdict
    if judged is None:
        return causes.line(facts)
    found = in_use(facts)
    stays = f"{found[1]} stays, and " if found and judged.verdict == "keep" else ""
    decision = f"**Verdict: {judged.verdict}**, {stays}{CONSEQUENCE[judged.verdict]}"
    reasons = bullets(cut(judged.reasons, REASONS, lambda reason: text(typeset(reason))))
    lines = [_primary(facts, judged), causes.line(facts), _rows(facts, judged), tests(judged)]
    warned = warnings(judged)
    return paragraphs(decision, reasons, "\\\n".join(filter(None, lines)), warned)


def _primary(facts: Facts, judged: Verdict) -> str:
    """Return the primary metric beside that of the model in use, or of the reference."""
    name, found = judged.primary, in_use(facts)
    label = f"**Primary metric:** {text(name, CELL)}"
    if found is None or name not in found[0].metrics:
        value, reference = judged.metrics.get(name), facts.reference.get(name)
        return f"{label} {figure(value)}, the reference's {figure(reference)}"
    change = found[0].metrics[name]
    if change.difference is None:
        return f"{label}, which these rows do not define"
    digits = places(change.other, change.this)
    difference = signed(change.difference, digits)
    if any(difference in typeset(reason) for reason in judged.reasons):
        return ""  # a reason has the same numbers
    against = "" if judged.champion is None or same_model(judged) else " against the champion"
    other, this = figure(change.other, digits), figure(change.this, digits)
    return (
        f"{label} {other} → {this}, a difference of {difference} "
        f"({percent(judged.confidence)} interval {interval(change.low, change.high, digits)}), "
        f"{effect(change)}{against}"
    )


def _rows(facts: Facts, judged: Verdict) -> str:
    found = judged.rows
    if not found:
        return ""
    window = of_window(facts.windows.test) if facts.windows else ""
    rows = f"{found.total:,} {name_of_rows(facts)}{window}"
    if found.unknown:
        rows = f"{found.total - found.unknown:,} of the {rows}; {found.unknown:,} have no outcome"
    own = "" if found.defined_by == "base" else ". This run's own code says which these are"
    return f"**Judged on:** {rows}{own}"


def tests(judged: Verdict) -> str:
    """Return how many tests of the model's behaviour passed, and how many did not."""
    found = judged.tests
    if found is None:
        return ""
    counts = f"{found.passed:,} passed, {found.skipped:,} skipped, {len(found.failed):,} failed"
    warned = f", {len(found.warned):,} warned" if found.warned else ""
    return f"**Behaviour tests:** {counts}{warned}"


def warnings(judged: Verdict) -> str:
    """Return the tests that fail and block nothing, each with its reason."""
    found = judged.tests.warned if judged.tests else []
    return bullets(cut([f"Warning: {each}" for each in found], REASONS, text))
