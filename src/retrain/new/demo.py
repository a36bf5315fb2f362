"""What the demo has put into files that stay: the packages of its source."""

import re
import tomllib
from pathlib import Path

PROJECT = Path("pyproject.toml")
LOCK = Path("requirements/ingest.txt")
KIT = "universal-pathlib"  # what the kit reads addresses by


def without_its_packages() -> dict[str, str]:
    """Return pyproject.toml and the lock of `ingest` without what only the demo's source needs."""
    if not (PROJECT.exists() and LOCK.exists()):
        return {}
    text = PROJECT.read_text("utf-8")
    groups = tomllib.loads(text)["dependency-groups"]
    others = [each for name, group in groups.items() if name != "ingest" for each in group]
    lock = LOCK.read_text("utf-8")
    for each in groups.get("ingest", ()):
        if each in others or each.startswith(KIT):
            continue
        name = re.split(r"[^\w.-]", each)[0]
        text = re.sub(rf'(?m)^ *"{re.escape(each)}",\n', "", text)
        lock = re.sub(rf"(?m)^{re.escape(name)}==.*\\\n(?: .*\\\n)* .*\n", "", lock)
    text = re.sub(r"(?m)^# where the demo's data comes? from$", "# where new data come from", text)
    return {str(PROJECT): text, str(LOCK): lock}
