"""Parameters that come with the press of a button: checked, and written into params.yaml."""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode

from retrain.errors import UserError, suggest
from retrain.files import whole
from retrain.paths import PARAMS
from retrain.settings import read_yaml

VALUE = re.compile(r"[\w.+-]+")  # one word: nothing that YAML could take for more than a value


def apply(overrides: str) -> list[str]:
    """Write `key=value`, one or more, into params.yaml; return the keys.

    Every other character of the file stays as it is.

    Raises:
        UserError: if one is not a parameter, or has another type of value; nothing is written then.
    """
    given = [_parsed(word) for word in overrides.replace(",", " ").split()]
    wanted = dict(given)
    if len(wanted) < len(given):
        raise UserError(f"{overrides.strip()[:80]!r} names a parameter twice; give it one value")
    if not wanted:
        return []
    try:
        text = Path(PARAMS).read_text("utf-8")
        known = dict(_scalars(YAML(typ="safe", pure=True).compose(text), ""))
    except (OSError, ValueError, YAMLError):
        raise UserError(f"{PARAMS} cannot be read; restore it: git checkout {PARAMS}") from None
    places = []
    for key, value in wanted.items():
        if key not in known:
            raise UserError(f"{key} is not a parameter of {PARAMS}; {suggest(key, known)}")
        _same_type(key, known[key].value, value)
        places.append((known[key].start_mark.index, known[key].end_mark.index, value))
    for start, end, value in sorted(places, reverse=True):
        text = text[:start] + value + text[end:]
    with whole(Path(PARAMS)) as scratch:
        scratch.write_text(text, "utf-8")
    return list(wanted)


def check_form(override: str) -> None:
    """Raise a `UserError` unless this is one override, as it is written."""
    _parsed(override)


def _parsed(word: str) -> tuple[str, str]:
    key, equals, value = word.partition("=")
    if not (key and equals and VALUE.fullmatch(value)):
        raise UserError(
            f"{word[:80]!r} is not an override; write for example train.learning_rate=0.1"
        )
    return key, value


def _scalars(node: Any, prefix: str) -> list[tuple[str, ScalarNode]]:
    """Return the single values below a node of YAML, by dotted name."""
    if isinstance(node, ScalarNode):
        return [(prefix, node)]
    if not isinstance(node, MappingNode):
        return []
    dotted = ((f"{prefix}.{key.value}".lstrip("."), value) for key, value in node.value)
    return [found for name, value in dotted for found in _scalars(value, name)]


def _same_type(key: str, before: str, after: str) -> None:
    """Raise unless both are numbers, both words, both yes-or-no…; a whole number is a number."""
    kinds = [
        float if isinstance(value, int) and not isinstance(value, bool) else type(value)
        for value in (read_yaml(before), read_yaml(after))
    ]
    if kinds[0] is not kinds[1]:
        raise UserError(f"{key} is {before} in {PARAMS}, and {after!r} is not a value of that kind")
