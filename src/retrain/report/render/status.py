"""Which of the states a run is in: the first thing that a reader wants to know."""

from dataclasses import dataclass

from retrain.report.render.markdown import paragraphs, text
from retrain.report.schema import Facts


@dataclass(frozen=True)
class Status:
    mark: str
    word: str


PROMOTE = Status("\N{WHITE HEAVY CHECK MARK}", "promote")
KEEP = Status("\N{HEAVY MINUS SIGN}", "keep")
BLOCK = Status("\N{NO ENTRY}", "block")
BROKEN = Status("\N{NO ENTRY}", "block, the data break their contract")
FAILED = Status("\N{CROSS MARK}", "failed")
UNCHANGED = Status("\N{MEDIUM WHITE CIRCLE}", "unchanged")
UNKNOWN = Status("\N{WHITE QUESTION MARK ORNAMENT}", "no verdict")
VERDICTS = {"promote": PROMOTE, "keep": KEEP, "block": BLOCK}


def status(facts: Facts) -> Status:
    """Return the state of a run; what stopped it comes before what it found."""
    if facts.contract is not None and not facts.contract.success:
        return BROKEN
    if facts.error is not None:
        return FAILED
    if not facts.needed:
        return UNCHANGED  # the verdict, if there is one, is that of the run before
    return UNKNOWN if facts.verdict is None else VERDICTS[facts.verdict.verdict]


def heading(facts: Facts) -> str:
    found = status(facts)
    title = f"## {found.mark} {text(facts.artifact, 80)}: {found.word}"
    return paragraphs(title, f"Asked for by {text(facts.cause, 600)}" if facts.cause else "")
