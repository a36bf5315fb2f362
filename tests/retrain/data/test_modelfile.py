"""The model file: equal bytes for equal models, and nothing in it that runs code."""

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer

from retrain.data import modelfile
from retrain.errors import UserError

TRUSTED = ["numpy.dtype"]


def fitted() -> LogisticRegression:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(200, 3))
    return LogisticRegression().fit(features, features[:, 0] > 0)


def test_two_models_of_the_same_data_have_the_same_bytes() -> None:
    raw = {skops.io.dumps(fitted()) for _ in range(2)}
    assert len(raw) == 2, "skops has become canonical by itself: modelfile can go"
    assert len({modelfile.canonical(archive) for archive in raw}) == 1


def test_another_model_has_other_bytes() -> None:
    one, other = fitted(), fitted()
    other.coef_[0, 0] += 1e-9
    assert modelfile.canonical(skops.io.dumps(one)) != modelfile.canonical(skops.io.dumps(other))


def test_skops_alone_can_read_it(tmp_path: Path) -> None:
    model, path = fitted(), tmp_path / "model.skops"
    modelfile.save(model, path, TRUSTED)
    again = skops.io.load(path, trusted=TRUSTED)
    assert np.array_equal(again.coef_, model.coef_)
    assert modelfile.canonical(path.read_bytes()) == path.read_bytes()


def test_a_type_that_is_not_listed_is_not_saved(tmp_path: Path) -> None:
    model = FunctionTransformer(os.path.join)
    said = r"params.yaml: .*train.trusted does not list.*posixpath.join"
    with pytest.raises(UserError, match=said):
        modelfile.save(model, tmp_path / "model.skops", TRUSTED)
    assert not list(tmp_path.iterdir())


class Intruder:
    """What a tampered file may hold: a type whose code runs as soon as it is loaded."""

    witness = ""

    def __getstate__(self) -> dict[str, str]:
        return {"witness": self.witness}

    def __setstate__(self, state: dict[str, str]) -> None:
        Path(state["witness"]).touch()


def test_a_tampered_file_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    path, witness = tmp_path / "model.skops", tmp_path / "it-ran"
    model = fitted()
    model.planted_ = Intruder()
    model.planted_.witness = str(witness)
    path.write_bytes(modelfile.canonical(skops.io.dumps(model)))
    with pytest.raises(UserError, match=r"model.skops is refused: it holds types .*Intruder"):
        modelfile.load(path, TRUSTED)
    assert not witness.exists()
    modelfile.load(path, [*TRUSTED, f"{__name__}.Intruder"])
    assert witness.exists(), "this intruder is harmless, and the test proves nothing"


def test_a_foreign_function_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    path.write_bytes(skops.io.dumps(FunctionTransformer(os.path.join)))
    said = r"is refused: it holds types .*posixpath.join.*; restore it"
    with pytest.raises(UserError, match=said):
        modelfile.load(path, TRUSTED)


@pytest.mark.parametrize("damage", [lambda data: data[:100], lambda data: b"pickle" + data[:0], lambda data: data[:0], lambda data: data[:-60] + b"x" * 60])  # fmt: skip
def test_a_damaged_file_is_one_sentence(tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "model.skops"
    modelfile.save(fitted(), path, TRUSTED)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UserError, match=r"model.skops is damaged .*; restore it") as error:
        modelfile.load(path, TRUSTED)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is missing; build it with `make train`"):
        modelfile.load(tmp_path / "model.skops", TRUSTED)


def identities(node: Any) -> list[int]:
    """Return every `__id__` of a schema."""
    if isinstance(node, list):
        return [found for child in node for found in identities(child)]
    if not isinstance(node, dict):
        return []
    own = [node["__id__"]] if "__id__" in node else []
    return own + [found for child in node.values() for found in identities(child)]


def test_no_date_and_no_address_is_left() -> None:
    raw = skops.io.dumps(fitted())
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        assert max(identities(json.loads(file.read(modelfile.SCHEMA)))) > 10_000
    with zipfile.ZipFile(io.BytesIO(modelfile.canonical(raw))) as file:
        assert {entry.date_time for entry in file.infolist()} == {modelfile.NO_DATE}
        assert {entry.compress_type for entry in file.infolist()} == {zipfile.ZIP_BZIP2}
        found = identities(json.loads(file.read(modelfile.SCHEMA)))
    assert set(found) == set(range(len(set(found))))
