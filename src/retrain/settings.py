"""Settings in YAML, read and checked strictly: exact types, and no unknown key."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.composer import ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode
from ruamel.yaml.tokens import AliasToken

from retrain.errors import UserError, suggest

# of a file: an alias repeats what may hold aliases itself, and fifty of them fill any memory
ALIASES = 10
WORDS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")  # of keys, as YAML calls them


class Section(BaseModel):
    """A part of a settings file; a subclass names its keys and their types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


# of what another program may have written
Count = Annotated[int, Field(ge=0)]
Line = Annotated[str, Field(max_length=1000)]
Number = Annotated[float, Field(allow_inf_nan=False)]

Lines = dict[str, str]  # a value by name

S = TypeVar("S", bound=Section)
M = TypeVar("M", bound=BaseModel)


def read_yaml(text: str) -> Any:
    """Return the content of a YAML 1.2 document, as DVC reads it: 1e-3 is a number, `no` a word."""
    refuse_aliases(text)
    return YAML(typ="safe", pure=True).load(text)


def flat(content: Any, place: str = "") -> Lines:
    """Return nested settings as `section.key: value`; a list is one value."""
    if not isinstance(content, Mapping):
        text = content if isinstance(content, str) else json.dumps(content, default=str)
        return {place: text} if place else {}
    inner = (flat(value, f"{place}.{key}".lstrip(".")) for key, value in content.items())
    return {key: value for part in inner for key, value in part.items()}


def check(path: Path, reader: Callable[[str], Any] = read_yaml) -> None:
    """Raise a UserError that names file and line, if there is the file and `reader` refuses it."""
    if path.is_file():
        with _sentences(path):
            reader(path.read_text("utf-8"))


def read(path: Path, schema: type[S]) -> S:
    """Return a file's settings; a UserError names the key, what was expected, and what is there."""
    with _sentences(path):
        text = path.read_text("utf-8")
    return parse(text, schema, path)


def parse(text: str, schema: type[S], path: Path) -> S:
    with _sentences(path):
        content = read_yaml(text)
    try:
        return schema.model_validate(content)
    except ValidationError as error:
        # a key that is misspelt is also one that is missing: the former says more
        wrong = sorted(error.errors(include_url=False), key=lambda each: each["type"] == "missing")
        if wrong[0]["type"] == "invalid_key":
            line = _no_word(YAML(typ="safe", pure=True).compose(text), wrong[0]["loc"][:-1])
            raise UserError(f"{path}{line}: a key should be a word; correct that line") from None
        raise UserError(f"{path}: {_sentence(wrong[0], schema)}") from None


def from_json(content: str | bytes, schema: type[M], place: object, remedy: str) -> M:
    """Return what another program has written as JSON, or raise a UserError with the remedy."""
    try:
        return schema.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "all of it"
        # written by anyone: one line of text
        raise UserError(f"{place}: {where[:100]!r}: {first['msg']}; {remedy}") from None


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise UserError(
            f"{path} is missing; run this in the top folder of the repository"
        ) from None
    except MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        problem = f"not valid YAML ({error.problem})"
        raise UserError(f"{path}{line}: {problem}; correct that line") from None
    except (YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: not valid YAML ({reason}); correct the file") from None


def refuse_aliases(text: str) -> None:
    """Raise a YAMLError if a document has too many aliases, before anything is made of them."""
    if text.count("*") <= ALIASES:
        return
    tokens = YAML(typ="safe", pure=True).scan(text)
    marks = [token.start_mark for token in tokens if isinstance(token, AliasToken)]
    if len(marks) > ALIASES:
        raise ComposerError(problem=f"more than {ALIASES} aliases", problem_mark=marks[ALIASES])


def _no_word(node: Any, section: tuple[int | str, ...]) -> str:
    """Return the line of the first key of a section that is not a word."""
    for key, value in node.value if isinstance(node, MappingNode) else ():
        if section and key.value == section[0]:
            return _no_word(value, section[1:])
        if not section and key.tag not in WORDS:
            return f", line {key.start_mark.line + 1}"
    return ""


def _sentence(first: Any, schema: type[Section]) -> str:
    """Return what is wrong, with its key, its value and the remedy."""
    *section, key = first["loc"] or ("",)
    where = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"{where} is not a known key; {suggest(str(key), _keys(schema, section))}"
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
