"""What people expect of a repository: each file is of its schema, and agrees with what it speaks of."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from retrain.settings import read_yaml
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MAKEFILE = (ROOT / "Makefile").read_text()
CITATION = (ROOT / "CITATION.cff").read_text()
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
DEVCONTAINER = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
HEADING = re.compile(r"## v(\d+)\.(\d+)\.(\d+) \((unreleased|\d{4}-\d\d-\d\d)\)")
MISTAKES = [
    ("dependabot", ".github/dependabot.yml", "interval: weekly", "interval: sometimes"),
    ("dependabot", ".github/dependabot.yml", "default-days: 7", "defaults: 7"),
    ("renovate", "renovate.json", '"schedule": ["before 6am on monday"]', '"schedule": 7'),
    ("renovate", "renovate.json", '"enabled": false', '"enabled": "no"'),
    ("citation-file-format", "CITATION.cff", "license: MIT", "license: the usual one"),
    ("citation-file-format", "CITATION.cff", "title: retrain\n", ""),
]


def check(schema: str, file: Path) -> int:
    """Return how `make lint` ends at a file: the line of the Makefile is there."""
    program = Path(sys.executable).with_name("check-jsonschema")
    command = [program, "--quiet", f"--builtin-schema=vendor.{schema}", file]
    return subprocess.run(command, capture_output=True).returncode


@pytest.mark.parametrize(("schema", "file"), sorted({mistake[:2] for mistake in MISTAKES}))
def test_a_file_is_of_its_schema_and_lint_asks(schema: str, file: str) -> None:
    assert f"$(SCHEMA){schema} {file})" in MAKEFILE
    assert check(schema, ROOT / file) == 0


@pytest.mark.parametrize(("schema", "file", "before", "after"), MISTAKES)
def test_a_mistake_is_found(
    tmp_path: Path, schema: str, file: str, before: str, after: str
) -> None:
    text = (ROOT / file).read_text()
    assert before in text
    (copy := tmp_path / Path(file).name).write_text(text.replace(before, after))
    assert check(schema, copy) == 1


def faults(container: dict[str, Any]) -> set[str]:
    """Return which fields of a devcontainer do not let `make train` work there, or do more."""
    editor = container["customizations"]["vscode"]
    image = re.fullmatch(
        r"mcr\.microsoft\.com/devcontainers/python:\d+-(3\.\d+)-[a-z]+", container["image"]
    )
    tool, *groups = container["postCreateCommand"].removeprefix("python3 ").split()
    trains = re.findall(r"(?m)^RUN := (.*)$", MAKEFILE)[0].split()
    interpreter = {"python.defaultInterpreterPath": "${containerWorkspaceFolder}/.venv/bin/python"}
    right = {
        "image": image and image[1] in SpecifierSet(PROJECT["project"]["requires-python"]),
        "tool": tool == "tools/environment.py",
        "groups": {*trains} <= {*groups} <= {*PROJECT["dependency-groups"]},
        "extensions": len(editor["extensions"]) <= 3,
        "settings": editor["settings"] == interpreter,
        # none of which can hold a secret, or run as root, or mount a folder of the host
        "keys": {*container} == {"name", "image", "postCreateCommand", "customizations"},
    }
    return {name for name, is_right in right.items() if not is_right}


def test_make_train_works_in_the_devcontainer() -> None:
    assert faults(DEVCONTAINER) == set()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"image": "mcr.microsoft.com/devcontainers/python:3-3.14-bookworm"}, "image"),
        ({"image": "mcr.microsoft.com/devcontainers/python:latest"}, "image"),
        ({"postCreateCommand": "pip install retrain"}, "tool"),
        ({"postCreateCommand": "python3 tools/environment.py dvc pipeline"}, "groups"),
        ({"postCreateCommand": "python3 tools/environment.py dvc pipeline validate x"}, "groups"),
        ({"customizations": {"vscode": {"extensions": [*"abcd"], "settings": {}}}}, "extensions"),
        ({"customizations": {"vscode": {"extensions": [], "settings": {}}}}, "settings"),
        ({"containerEnv": {"RETRAIN_TOKEN": "a-token"}}, "keys"),
    ],
)
def test_a_devcontainer_in_which_it_does_not_is_seen(change: dict[str, Any], found: str) -> None:
    assert found in faults(DEVCONTAINER | change)


def test_the_citation_says_what_the_project_says() -> None:
    citation = read_yaml(CITATION)
    assert citation["version"] == PROJECT["project"]["version"]
    assert citation["title"] == PROJECT["project"]["name"]
    assert citation["abstract"] == PROJECT["project"]["description"]
    licence = (ROOT / "LICENSE").read_text()
    assert licence.startswith(f"{citation['license']} License")
    (author,) = citation["authors"]
    assert f" {author['name']}\n" in licence
    assert not {"doi", "identifiers", "url", "repository-code"} & {*citation}  # there is none yet


def misplaced(changelog: str, version: str) -> list[str]:
    """Return the headings that are of no version, not older than the one above, or the first."""
    headings = re.findall(r"(?m)^## .*$", changelog)
    found = [HEADING.fullmatch(heading) for heading in headings]
    numbers = [tuple(map(int, each.groups()[:3])) if each else () for each in found]
    expected = tuple(map(int, version.split(".")))
    return [
        heading
        for place, (heading, each) in enumerate(zip(headings, found, strict=True))
        if not each
        or (place == 0 and numbers[0] != expected)
        or (place > 0 and (numbers[place] >= numbers[place - 1] or each[4] == "unreleased"))
    ]


def test_the_changelog_begins_at_this_version_and_goes_back() -> None:
    assert HEADING.search(CHANGELOG)
    assert misplaced(CHANGELOG, PROJECT["project"]["version"]) == []


@pytest.mark.parametrize(
    ("wrong", "rest"),
    [
        ("## v0.9.0 (unreleased)", "## v0.8.0 (2026-01-01)"),
        ("## 1.0.0", ""),
        ("## v1.2.0 (2026-02-01)", ""),
        ("## v1.0.0 (unreleased)", "## v0.9.0 (2026-01-01)"),
        ("## v1.0.0 (soon)", ""),
    ],
)
def test_a_heading_out_of_place_is_seen(wrong: str, rest: str) -> None:
    first = "" if wrong.startswith("## v0.9.0 (u") else "## v1.1.0 (unreleased)\n\n"
    assert misplaced(f"{first}{wrong}\n\n{rest}\n", "1.1.0") == [wrong]


def test_a_copy_learns_this_version() -> None:
    template = tomllib.loads((ROOT / "template.toml").read_text())
    assert template["version"] == f"v{PROJECT['project']['version']}"


def test_both_forges_ask_the_same_three_lines_of_a_change() -> None:
    github = (ROOT / ".github/pull_request_template.md").read_text()
    assert github == (ROOT / ".gitlab/merge_request_templates/Default.md").read_text()
    assert len([line for line in github.splitlines() if line]) == 3
