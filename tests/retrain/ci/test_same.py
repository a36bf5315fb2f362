"""The two forges' modules, side by side: the same files, the same functions."""

import inspect
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from retrain import ci
from retrain.ci import provider

FOLDER = Path(str(ci.__file__)).parent
PROTOCOLS = {
    "events": provider.Events,
    "job": provider.Job,
    "calls": provider.Calls,
    "review": provider.Review,
    "doctor": provider.Doctor,
}


def functions(module: ModuleType) -> dict[str, list[str]]:
    """Return the public functions that a module defines, with their parameters' names."""
    return {
        name: [word.strip("_") for word in inspect.signature(found).parameters]
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and found.__module__ == module.__name__
    }


def test_each_forge_has_the_same_files() -> None:
    files = [{path.name for path in (FOLDER / name).glob("*.py")} for name in ("github", "gitlab")]
    assert files[0] == files[1] == {"__init__.py", *(f"{name}.py" for name in PROTOCOLS)}


@pytest.mark.parametrize("module", PROTOCOLS)
@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_each_has_what_is_asked_of_a_forge(forge: str, module: str) -> None:
    asked = {
        name: [word for word in inspect.signature(found).parameters if word != "self"]
        for name, found in inspect.getmembers(PROTOCOLS[module], inspect.isfunction)
        if not name.startswith("_")
    }
    found = functions(import_module(f"retrain.ci.{forge}.{module}"))
    assert set(asked) <= set(found)
    for name, words in asked.items():
        assert len(found[name]) == len(words), name


def test_nothing_behind_them_knows_a_forge() -> None:
    others = [*FOLDER.glob("*.py"), *FOLDER.glob("[acd]*/*.py")]
    others.remove(FOLDER / "provider.py")
    assert len(others) > 8
    for path in others:
        text = path.read_text()
        assert "ci.github" not in text, path
        assert "ci.gitlab" not in text, path
        assert "GITHUB_" not in text, path
        assert "CI_" not in text.replace("GITLAB_CI", ""), path
