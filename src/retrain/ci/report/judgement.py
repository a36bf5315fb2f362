"""The verdict: what follows from it, the number that decided, and the reasons."""

from retrain.ci.facts import Facts
from retrain.ci.report import causes
from retrain.ci.report.markdown import bullets, cut, paragraphs, text
from retrain.ci.report.models import in_use, same_model
from retrain.ci.report.numbers import figure, interval, percent, signed, typeset

REASONS = 6
NAME = 60
CONSEQUENCE = {
    "promote": "this model becomes the next version once it lands.",
    "keep": "the model in use stays, and no version is registered.",
    "block": "nothing of this run may land.",
}


def verdict(facts: Facts) -> str:
    """Return the verdict and, in a line each, the number and the cause; then the reasons."""
    judged = facts.verdict
    if judged is None:
        return causes.line(facts)
    said = f"**Verdict: {judged.verdict}**, {CONSEQUENCE[judged.verdict]}"
    lines = [line for line in (_number(facts), causes.line(facts)) if line]
    return paragraphs(said, bullets(cut(judged.reasons, REASONS, _reason)), "\\\n".join(lines))


def _reason(reason: str) -> str:
    return text(typeset(reason))


def _number(facts: Facts) -> str:
    """Return the primary metric beside that of the model in use, or of the reference."""
    judged, found = facts.verdict, in_use(facts)
    if judged is None:
        return ""
    said = f"**Primary metric:** {text(judged.primary, NAME)}"
    if found is None or judged.primary not in found[0].metrics:
        reference = figure(facts.reference.get(judged.primary))
        return f"{said} {figure(judged.metrics.get(judged.primary))}, the reference's {reference}"
    decides = found[0].metrics[judged.primary]
    if decides.difference is None:
        return f"{said}, which these rows do not define"
    if any(signed(decides.difference) in typeset(reason) for reason in judged.reasons):
        return ""  # a reason has said it
    whom = "" if judged.champion is None or same_model(judged) else " against the champion"
    return (
        f"{said} {figure(decides.other)} → {figure(decides.this)}, a difference of "
        f"{signed(decides.difference)} ({percent(judged.confidence)} interval "
        f"{interval(decides.low, decides.high)}), "
        f"{decides.effect}{whom}"
    )
