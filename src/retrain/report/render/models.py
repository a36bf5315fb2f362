"""What the report calls the models that are compared, and their rows."""

import re

from retrain.gate.schema import Comparison, Verdict
from retrain.report.render.markdown import CELL, code, text
from retrain.report.render.numbers import percent
from retrain.report.schema import Facts

HASH = re.compile(r"hash of (.+), (0|1|0?\.\d{1,6}) to (0|1|0?\.\d{1,6})")  # see data/windows.py
Titled = tuple[str, str, Comparison]  # a title, the other model's name, and the comparison


def same_model(judged: Verdict) -> bool:
    base, champion = judged.base, judged.champion
    return base is not None and champion is not None and base.model == champion.model


def in_use(facts: Facts) -> tuple[Comparison, str] | None:
    """Return the comparison that decides, and the other model's name to its users."""
    judged = facts.verdict
    if judged is None:
        return None
    if judged.champion is not None:
        landed = judged.champion.version is not None
        return judged.champion, "the model in use" if landed else "the committed model"
    return (judged.base, "the model before this change") if judged.base is not None else None


def compared(facts: Facts, judged: Verdict) -> list[Titled]:
    """Return each comparison once, the effect of the change before the verdict."""
    base, champion = judged.base, judged.champion
    before = "the base" if facts.base is None else f"the base {code(facts.base, 12)}"
    best = "the champion"
    if champion is not None and champion.version is not None:
        best += f" {code(champion.version)}"
    if champion is not None and same_model(judged):
        both = best if champion.version is not None else "the committed model"
        return [(f"Against {before}, which is {both}", before, champion)]
    found = []
    if base is not None:
        found.append((f"Effect of this change: against {before}", before, base))
    if champion is not None:
        found.append((f"Verdict: against {best}", best, champion))
    return found


def name_of_window(words: str, limit: int = CELL) -> str:
    """Return which rows train or judge: `2013-06`, or `20 % of all, by a hash of customer`."""
    found = HASH.fullmatch(words)
    if found is None:
        return text(words, limit)
    column, low, high = found.groups()
    return f"{percent(float(high) - float(low))} of all, by a hash of {text(column, limit)}"


def of_window(words: str) -> str:
    """Return the window as it follows the rows: ` of 2013-06`, or ` (20 % of all, …)`."""
    name = name_of_window(words)
    return f" ({name})" if HASH.fullmatch(words) else f" of {name}"


def name_of_rows(facts: Facts) -> str:
    return text(facts.words.rows)
