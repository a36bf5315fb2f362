"""Patterns that forges protect branches and tags by, as far as `*` goes."""

import re
from fnmatch import fnmatchcase

ANYTHING = "~" * 9  # stands for any end of a name: Git lets none hold it


def fits_all(pattern: str, start: str) -> bool:
    """Tell whether every name with this start fits a pattern."""
    return fnmatchcase(start + ANYTHING, pattern)


def fits_some(pattern: str, start: str) -> bool:
    """Tell whether a name with this start may fit a pattern; in doubt, it may."""
    literal = re.split(r"[*?\[]", pattern)[0]
    return start.startswith(literal) or literal.startswith(start)
