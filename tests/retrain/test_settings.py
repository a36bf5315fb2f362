"""Settings are strict for any schema; tests/pipeline/test_params.py has the cases."""

from pathlib import Path

import pytest
from pydantic import Field
from ruamel.yaml.error import YAMLError

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
    with pytest.raises(UserError, match=r"inner.depht is not a known key; did you mean 'depth'\?"):
        settings.read(path, Outer)


@pytest.mark.parametrize("more", ["named: {a: {depht: 3}}", "listed: [{depth: 1}, {depht: 3}]"])
def test_an_unknown_key_below_a_name_or_a_number_is_named_too(tmp_path: Path, more: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f"inner: {{depth: 3}}\n{more}\n")
    with pytest.raises(UserError, match=r"(a|1).depht is not a known key; did you mean 'depth'\?"):
        settings.read(path, Outer)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not valid YAML"):
        settings.read(path, Outer)


def test_few_aliases_are_read_and_more_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    settings.check(path)  # there is none
    path.write_text("a: &a 3\nb: [" + ", ".join(["*a"] * 10) + "]\n# * * * *\n")
    assert settings.read_yaml(path.read_text())["b"] == [3] * 10
    settings.check(path)
    path.write_text(path.read_text() + "c: *a\n")
    said = r"x.yaml, line 4: not valid YAML \(more than 10 aliases\); correct that line"
    for reader in (settings.read_yaml, settings.refuse_aliases):
        with pytest.raises(UserError, match=said):
            settings.check(path, reader)
        with pytest.raises(YAMLError):
            reader(path.read_text())
    with pytest.raises(UserError, match=said):
        settings.read(path, Outer)


def test_a_key_that_is_no_word_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("inner:\n  depth: 3\n  : 4\n")
    with pytest.raises(UserError, match=r"x.yaml, line 3: a key should be a word; correct that"):
        settings.read(path, Outer)
    path.write_text("# first\n<<: {inner: {depth: 3}}\n5: {~: 4}\n")
    with pytest.raises(UserError, match=r"x.yaml, line 3: a key"):
        settings.read(path, Outer)
