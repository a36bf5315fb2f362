"""Settings are strict for any schema; tests/pipeline/test_params.py has the cases."""

from pathlib import Path

import pytest

from retrain import settings
from retrain.errors import UserError


class Inner(settings.Section):
    depth: int


class Outer(settings.Section):
    inner: Inner


def test_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("inner: {depth: 3}")
    assert settings.read(path, Outer).inner.depth == 3


def test_a_nested_unknown_key_is_named_with_its_neighbours(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("inner: {depht: 3}")
    with pytest.raises(UserError, match=r"inner.depht is no known key; did you mean 'depth'\?"):
        settings.read(path, Outer)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not valid YAML"):
        settings.read(path, Outer)
