"""Settings are strict for any schema; tests/pipeline/test_params.py has the cases."""

from pathlib import Path

import pytest
from pydantic import Field

from retrain import settings
from retrain.errors import UserError


class Inner(settings.Section):
    depth: int


class Outer(settings.Section):
    inner: Inner
    named: dict[str, Inner] = Field(default_factory=dict)
    listed: list[Inner] = Field(default_factory=list)


def test_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("inner: {depth: 3}")
    assert settings.read(path, Outer).inner.depth == 3


def test_a_nested_unknown_key_is_named_with_its_neighbours(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("inner: {depht: 3}")
    with pytest.raises(UserError, match=r"inner.depht is no known key; did you mean 'depth'\?"):
        settings.read(path, Outer)


@pytest.mark.parametrize("more", ["named: {a: {depht: 3}}", "listed: [{depth: 1}, {depht: 3}]"])
def test_an_unknown_key_below_a_name_or_a_number_is_named_too(tmp_path: Path, more: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f"inner: {{depth: 3}}\n{more}\n")
    with pytest.raises(UserError, match=r"(a|1).depht is no known key; did you mean 'depth'\?"):
        settings.read(path, Outer)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not valid YAML"):
        settings.read(path, Outer)
