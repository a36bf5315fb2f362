"""A model as bytes that are equal when the models are, and that run no code when they are read.

skops (https://skops.readthedocs.io/en/stable/persistence.html) stores a scikit-learn model as a
zip of one JSON schema and its arrays, and loads only types that the caller trusts by name. Its
bytes differ from run to run, because objects and files carry memory addresses and dates. This
module rewrites the archive with names in order of appearance and no date; `skops.io.load` reads it.
"""

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import skops.io
from skops.io.exceptions import UnsupportedTypeException

from retrain.errors import UserError
from retrain.files import whole

SCHEMA = "schema.json"
NO_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that the zip format can say


def canonical(archive: bytes) -> bytes:
    """Return a skops archive whose bytes depend on nothing but the model."""
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        schema = json.loads(source.read(SCHEMA))
        names: dict[str, str] = {}
        _rename(schema, {}, names)
        content = {SCHEMA: json.dumps(schema, separators=(",", ":")).encode()}
        content |= {new: source.read(old) for old, new in names.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as rewritten:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, NO_DATE)
            # bzip2 and not deflate: zlib and zlib-ng compress the same input to different bytes
            rewritten.writestr(entry, content[name], zipfile.ZIP_BZIP2, 9)
    return target.getvalue()


def _rename(node: Any, ids: dict[int, int], names: dict[str, str]) -> None:
    """Number ids and files by first appearance, and drop the ids of plain values."""
    if isinstance(node, list):
        for child in node:
            _rename(child, ids, names)
    elif isinstance(node, dict):
        if node.get("__loader__") == "JsonNode":
            # whether two equal numbers are one object in memory says nothing about the model
            node.pop("__id__", None)
        elif "__id__" in node:
            node["__id__"] = ids.setdefault(node["__id__"], len(ids))
        if isinstance(file := node.get("file"), str) and "__loader__" in node:
            node["file"] = names.setdefault(file, f"{len(names):06}{Path(file).suffix}")
        for child in node.values():
            _rename(child, ids, names)


def save(model: Any, path: Path, trusted: Sequence[str]) -> None:
    """Write `model` to `path`, whole or not at all, if it has no type that `load` refuses."""
    try:
        archive = skops.io.dumps(model)
    except UnsupportedTypeException as error:
        raise UserError(
            f"{path}: this model cannot be saved ({error}); choose another estimator"
        ) from None
    unknown = sorted(set(skops.io.get_untrusted_types(data=archive)) - set(trusted))
    if unknown:
        raise UserError(
            f"params.yaml: the model holds types that train.trusted does not list; "
            f"read what they do, then add: {', '.join(unknown)}"
        )
    with whole(path) as scratch:
        scratch.write_bytes(canonical(archive))


def load(path: Path, trusted: Sequence[str]) -> Any:
    """Read a model, constructing only scikit-learn's own types and those that `trusted` names.

    Nothing runs of a file that holds any other type.
    """
    remedy = "restore it with `dvc checkout`, or build it with `make train`"
    if not path.exists():
        raise UserError(f"{path} is missing; build it with `make train`")
    try:
        unknown = sorted(set(skops.io.get_untrusted_types(file=path)) - set(trusted))
        model = None if unknown else skops.io.load(path, trusted=list(trusted))
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UserError(f"{path} is damaged ({reason}); {remedy}") from None
    if unknown:
        raise UserError(
            f"{path} is refused: it holds types that train.trusted in params.yaml does not list "
            f"({', '.join(unknown)}); {remedy}"
        )
    return model
