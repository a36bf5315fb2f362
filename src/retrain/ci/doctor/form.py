"""Whether the form of a deployment offers the policy's stages: a forge reads them from its file."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from retrain.paths import POLICY

NAME = "deployment form"


def lacking(file: str, keys: Sequence[str], expected: Sequence[str]) -> str:
    """Say what the options of an input should be, which stand in a file under these keys."""
    with suppress(OSError, ValueError, YAMLError, LookupError, TypeError):
        found: Any = next(YAML(typ="safe", pure=True).load_all(Path(file).read_text("utf-8")))
        for key in keys:
            found = found[key]
        if sorted(found) == sorted(expected):
            return ""
    place = ".".join(keys)
    return f"{file}, {place}: write [{', '.join(expected)}], with the stages of {POLICY}, and land"
