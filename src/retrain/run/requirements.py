"""The packages that requirements/ pins."""

import re

PINNED = re.compile(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)")


def pins(text: str | None) -> dict[str, str]:
    """Return by name the version of each package that a file of requirements/ pins."""
    return dict(PINNED.findall(text or ""))
