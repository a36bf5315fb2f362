"""Settings in YAML, read and checked strictly: exact types, and no key that nobody reads."""

from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from retrain.errors import UserError, suggest


class Section(BaseModel):
    """A part of a settings file; a subclass names its keys and their types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


S = TypeVar("S", bound=Section)


def read_yaml(text: str) -> Any:
    """Return the content of a YAML 1.2 document, as DVC reads it: 1e-3 is a number, `no` a word."""
    return YAML(typ="safe", pure=True).load(text)


def read(path: Path, schema: type[S]) -> S:
    """Read a file of settings.

    Raises:
        UserError: naming the key, what was expected, and what stands there.
    """
    try:
        content = read_yaml(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UserError(
            f"{path} is missing; run this in the top folder of the repository"
        ) from None
    except MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise UserError(f"{path}{line}: not valid YAML ({error.problem}); mend that line") from None
    except (YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: not valid YAML ({reason}); mend the file") from None
    try:
        return schema.model_validate(content)
    except ValidationError as error:
        raise UserError(f"{path}: {_sentence(error, schema)}") from None


def _sentence(error: ValidationError, schema: type[Section]) -> str:
    """Return the first thing that is wrong, with its key, its value and the remedy."""
    # a key that is misspelt is also one that is missing: the former says more
    wrong = sorted(error.errors(include_url=False), key=lambda each: each["type"] == "missing")
    first = wrong[0]
    *section, key = first["loc"] or ("",)
    where = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"{where} is no known key; {suggest(str(key), _keys(schema, section))}"
    if first["type"] == "missing":
        return f"{where} is missing; add it, or restore the file with: git checkout"
    if not where:
        return f"it should hold the sections {', '.join(schema.model_fields)}; restore them"
    expected = first["msg"].removeprefix("Value error, ").replace("Input should", "should")
    found = "" if isinstance(first["input"], dict | list) else f", and is {first['input']!r}"
    return f"{where} {expected[0].lower()}{expected[1:]}{found}; correct it"


def _keys(schema: Any, section: list[int | str]) -> list[str]:
    for part in section:
        # each item of a mapping or a list has the same schema
        items = get_args(schema)
        schema = items[-1] if items else schema.model_fields[part].annotation
    return list(schema.model_fields)
