"""What a notebook's variables hold, as JSON by which two runs are compared.

`keep` runs in the notebook's kernel. What it keeps is compared exactly, but numbers have ten
significant digits: exp and log of the C library end in another last bit on a processor that has no
fused multiply-add, and no conclusion of a model hangs on the sixteenth digit.
"""

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AnySet
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

DIGITS = 10
SHOWN = 1000  # values of an array; of a longer one, a digest
CAN = (
    "pin numbers, texts, tables, arrays, or an estimator of scikit-learn; of anything else what it "
    "predicts, for example"
)


class CannotCompareError(TypeError):
    """A value has no content by which two runs could be compared. Its text is a sentence."""


def keep(path: str, name: str, namespace: Mapping[str, Any]) -> None:
    """Write what a variable of a notebook holds into a file, or why it cannot be kept."""
    found: dict[str, Any] = {"error": "the cell does not make it; correct the name"}
    if name in namespace:
        try:
            found = {"value": described(namespace[name])}
            json.dumps(found, ensure_ascii=False).encode()  # as the file of what is pinned is
        except CannotCompareError as error:
            found = {"error": str(error)}
        except Exception as error:  # of a number too long to write, of an object's own code
            found = {"error": f"reading it fails ({type(error).__name__}: {error}); {CAN}"}
    Path(path).write_text(json.dumps(found), "utf-8")


def described(value: Any) -> Any:
    """Return the content of a value as JSON, in which equal values are equal.

    Raises:
        CannotCompareError: where that is not possible.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return _by_name((key, described(inner)) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return [described(inner) for inner in value]
    if isinstance(value, AnySet):  # its order is chance
        return sorted(map(described, value), key=json.dumps)
    if isinstance(value, date | time | timedelta | Path):
        return str(value)
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    return _of_a_package(value)


def _of_a_package(value: Any) -> Any:
    """Describe what pandas, numpy and scikit-learn make, without importing them."""
    names = {f"{kind.__module__.partition('.')[0]}.{kind.__name__}" for kind in type(value).__mro__}
    if "pandas.DataFrame" in names:
        columns = _by_name((each, _array(value.iloc[:, at])) for at, each in enumerate(value))
        return {"rows": len(value), **_index(value.index), "order": [*columns], "columns": columns}
    if "pandas.Series" in names:
        return {**_index(value.index), **_array(value)}
    if names & {"pandas.Index", "pandas.ExtensionArray", "numpy.ndarray"}:
        return _array(value)
    if "numpy.generic" in names:
        return described(value.item())
    if hasattr(value, "get_params") and hasattr(value, "fit"):
        return _estimator(value)
    raise CannotCompareError(f"it is a {_kind(value)}, and two of them cannot be compared; {CAN}")


def _by_name(parts: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, inner in parts:
        if str(key) in found:
            raise CannotCompareError(f"two of its parts have the name {str(key)!r}; rename one")
        found[str(key)] = inner
    return found


def _kind(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")


def _number(value: float) -> float | str:
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else str(value)


def _index(index: Any) -> dict[str, Any]:
    """Return the labels of rows, unless they are their numbers."""
    plain = type(index).__name__ == "RangeIndex" and index.start == 0 and index.step == 1
    return {} if plain else {"index": _array(index)}


def _array(values: Any) -> dict[str, Any]:
    import numpy as np

    shape = [*np.shape(values)]
    flat = np.asarray(values, object).ravel().tolist()  # object: each as Python has it
    found = [_item(each) for each in flat]
    described = {"type": str(values.dtype), **({"shape": shape} if len(shape) != 1 else {})}
    if len(found) <= SHOWN:
        return {**described, "values": found}
    return {**described, "length": len(found), "sha256": digest(map(json.dumps, found))}


def _item(value: Any) -> Any:
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return described(value)


def _estimator(model: Any) -> dict[str, Any]:
    """Return an estimator's type and arguments, and a digest of all that it has learned."""
    arguments = model.get_params(deep=True)  # those of what it is made of, too
    parameters = {key: _argument(value) for key, value in arguments.items() if not _steps(value)}
    return {"type": _kind(model), "parameters": parameters, "learned": digest(_learned(model))}


def _steps(value: Any) -> bool:
    """Return whether an argument is a list of estimators, which have arguments of their own."""
    if isinstance(value, list | tuple):
        return any(map(_steps, value))
    return hasattr(value, "get_params")


def _argument(value: Any) -> Any:
    """Return an argument of an estimator, or the type of one that has no content."""
    try:
        return described(value)
    except CannotCompareError:
        return _kind(value)


def _learned(model: Any) -> Iterator[str]:
    """Yield the parts of an estimator's file, with rounded numbers."""
    import numpy as np
    import skops.io
    from skops.io.exceptions import UnsupportedTypeException

    from retrain.data.modelfile import SCHEMA, canonical

    try:
        archive = canonical(skops.io.dumps(model))
    except (UnsupportedTypeException, TypeError, AttributeError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CannotCompareError(
            f"it is a {_kind(model)} that skops cannot write ({reason}); {CAN}"
        ) from None
    with zipfile.ZipFile(io.BytesIO(archive)) as parts:
        yield json.dumps(_rounded(json.loads(parts.read(SCHEMA))))
        for name in sorted(parts.namelist()):
            if name.endswith(".npy"):
                array = np.load(io.BytesIO(parts.read(name)), allow_pickle=False)
                yield json.dumps([name, str(array.dtype), array.shape, _plain(array.tolist())])
            elif name != SCHEMA:
                yield f"{name} {hashlib.sha256(parts.read(name)).hexdigest()}"


def _rounded(node: Any) -> Any:
    """Return a skops schema in which the numbers of plain values are rounded."""
    if isinstance(node, list):
        return [_rounded(each) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("__loader__") == "JsonNode" and isinstance(node.get("content"), str):
        return {**node, "content": _plain(json.loads(node["content"]))}
    return {key: _rounded(each) for key, each in node.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return value.hex()
    return _number(value) if isinstance(value, float) else value


def digest(parts: Any) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode() + b"\0")
    return found.hexdigest()


def differences(pinned: Any, now: Any, name: str = "") -> list[str]:
    """Return in which places two values differ, a line each; of a list, the first place."""
    if isinstance(pinned, dict) and isinstance(now, dict):
        lines = []
        for key in [*pinned, *(each for each in now if each not in pinned)]:
            place = f"{name}, {key}" if name else key
            if key not in now or key not in pinned:
                gone, added = "is pinned, and not there now", "is there now, and not pinned"
                lines.append(f"{place}: {gone if key in pinned else added}")
            else:
                lines += differences(pinned[key], now[key], place)
        return lines
    if isinstance(pinned, list) and isinstance(now, list):
        return _of_lists(pinned, now, name)
    if type(pinned) is type(now) and pinned == now:
        return []
    return [f"{name}: pinned {_short(pinned)}, now {_short(now)}"]


def _of_lists(pinned: Sequence[Any], now: Sequence[Any], name: str) -> list[str]:
    if len(pinned) != len(now):
        return [f"{name}: {len(pinned):,} pinned, {len(now):,} now"]
    apart = [at for at, pair in enumerate(zip(pinned, now, strict=True)) if pair[0] != pair[1]]
    if not apart:
        return []
    first = apart[0]
    return [
        f"{name}: {len(apart):,} of {len(now):,} differ, the first is number {first + 1}: pinned "
        f"{_short(pinned[first])}, now {_short(now[first])}"
    ]


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
