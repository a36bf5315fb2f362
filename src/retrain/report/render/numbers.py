"""Numbers for people to read: few digits, a true minus sign, and no line break within."""

import re

from retrain.gate.schema import Difference
from retrain.metrics.table import places

GAP = "\u00a0"  # a space at which no line breaks
MINUS = "\u2212"  # as wide as a plus
NONE = "\u2013"


def figure(value: float | None, digits: int | None = None) -> str:
    digits = places(value) if digits is None else digits
    return NONE if value is None else _short(value, f".{digits}f").replace("-", MINUS)


def signed(value: float | None, digits: int = 4) -> str:
    """Return a difference; one that rounds to 0 has no sign."""
    if value is None:
        return NONE
    shown = _short(value, f"+.{digits}f").replace("-", MINUS)
    return shown if shown.strip("+0.\u2212") else shown[1:]


def interval(low: float | None, high: float | None, digits: int = 4) -> str:
    if low is None or high is None:
        return NONE
    return f"{signed(low, digits)}{GAP}…{GAP}{signed(high, digits)}"


def of_100(share: float) -> str:
    return figure(100 * share, 1)


def percent(share: float) -> str:
    return f"{100 * share:.4g}{GAP}%"


def effect(found: Difference) -> str:
    if found.likely is None or not found.effect.startswith("likely"):
        return found.effect
    tenths = int(10 * max(found.likely, 1 - found.likely) + 1e-9)
    return f"{found.effect} (about {tenths} in 10)"


def typeset(sentence: str) -> str:
    """Write the numbers of a sentence as everywhere else in the report."""
    return re.sub(r"(?<=\d)%", f"{GAP}%", re.sub(r"(?<!\S)-(?=\d)", MINUS, sentence))


def count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def seconds(value: float) -> str:
    """Return a time: `7.3 s`, `2 min 5 s`."""
    if value < 60:
        return f"{figure(value, 1)}{GAP}s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes:,}{GAP}min{GAP}{rest}{GAP}s"


def _short(value: float, form: str) -> str:
    # beyond a million, decimals say nothing, and a float has up to 300 digits
    return format(value, form if abs(value) < 1e6 else form[0].strip(".") + ".3g")
