"""The verdict: what follows from it, the number that decided, and the reasons."""

from retrain.gate.schema import Verdict
from retrain.report.render import causes
from retrain.report.render.markdown import bullets, cut, paragraphs, text
from retrain.report.render.models import in_use, same_model
from retrain.report.render.numbers import effect, figure, interval, percent, signed, typeset
from retrain.report.schema import Facts

REASONS = 6
NAME = 60
CONSEQUENCE = {
    "promote": "this model becomes the next version once it lands.",
    "keep": "the model in use stays, and no version is registered.",
    "block": "nothing of this run may land.",
}


def verdict(facts: Facts) -> str:
    judged = facts.verdict
    if judged is None:
        return causes.line(facts)
    said = f"**Verdict: {judged.verdict}**, {CONSEQUENCE[judged.verdict]}"
    lines = [
        line for line in (_number(facts), causes.line(facts), _rows(facts), _tests(judged)) if line
    ]
    return paragraphs(said, bullets(cut(judged.reasons, REASONS, _reason)), "\\\n".join(lines))


def _rows(facts: Facts) -> str:
    found, rows = facts.verdict and facts.verdict.rows, text(facts.words.rows, NAME)
    if not found:
        return ""
    window = f" of {text(facts.windows.test, NAME)}" if facts.windows else ""
    judged = f"{found.total:,} {rows}{window}"
    if found.unknown:
        judged = (
            f"{found.total - found.unknown:,} of the {judged}; {found.unknown:,} have no outcome"
        )
    own = "" if found.defined_by == "base" else ". This run's own code says which these are"
    return f"**Judged on:** {judged}{own}"


def _tests(judged: Verdict) -> str:
    if judged.tests is None:
        return ""
    counts = (judged.tests.passed, judged.tests.skipped, len(judged.tests.failed))
    words = ("passed", "skipped", "failed")
    said = ", ".join(f"{number:,} {word}" for number, word in zip(counts, words, strict=True))
    return f"**Behaviour tests:** {said}"


def _reason(reason: str) -> str:
    return text(typeset(reason))


def _number(facts: Facts) -> str:
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
        f"{effect(decides)}{whom}"
    )
