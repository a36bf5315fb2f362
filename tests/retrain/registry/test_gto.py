"""GTO's own commands and ours say the same of the same tags, whichever of them made these."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.retrain.deployment import steps
from tests.toys import toys
from tests.toys.history import History, make


@pytest.fixture
def twenty(tmp_path: Path) -> History:
    return make(tmp_path / "twenty", 20, 60)


def gto(project: Path, run: Run, *words: str) -> Any:
    done = run("gto", *words, "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def stages(project: Path, run: Run) -> dict[str, str]:
    """Return what is on each stage, which GTO and this program must agree on."""
    toys.do(run, project, "git fetch -q --tags")
    theirs: dict[str, str] = gto(project, run, "show")["toy"]["stage"]
    known = steps.known(project).assignments
    now = ((stage, known.on(stage)) for stage in {each.stage for each in known.found})
    assert theirs == {stage: found.version.name for stage, found in now if found}
    return theirs


@pytest.mark.slow
def test_at_twenty_versions_gto_says_the_same(twenty: History, run: Run) -> None:
    assert {each.action for each in twenty.assignments} == {"deploy", "follow", "rollback"}
    tag = steps.assign(twenty.clone, "v1.0.3", action="rollback")
    assert stages(twenty.clone, run) == {"staging": "v1.4.3", "production": "v1.0.3"}
    theirs = gto(twenty.clone, run, "history", "toy")
    events = [each for each in reversed(theirs) if each["event"] == "registration"]
    assert {each["version"]: each["commit"] for each in events} == twenty.commits
    events = [each for each in reversed(theirs) if each["event"] == "assignment"]
    assert [(each["ref"], each["version"], each["timestamp"]) for each in events] == [
        (each.tag, each.version.name, each.time.isoformat())
        for each in steps.known(twenty.clone).assignments.found
    ]
    event = gto(twenty.clone, run, "check-ref", tag)
    assert [event[key] for key in ("tag", "version", "stage")] == [tag, "v1.0.3", "production"]


@pytest.mark.slow
def test_what_gto_writes_is_read_as_gto_reads_it(history: History, run: Run) -> None:
    """By hand, beside the deployments: all that its commands can do to a stage."""
    project = history.clone
    before = steps.there(project)
    assert before
    for words in (
        ["assign", "toy", "--version", "v1.0.2", "--stage", "production", "--force"],
        ["assign", "toy", "--version", "v1.1.0", "--stage", "production", "--force"],
        ["deprecate", "toy", "v1.1.0", "production"],
        ["assign", "toy", "--version", "v1.0.2", "--stage", "eu/live", "--simple", "true"],
    ):
        time.sleep(1)  # Git's times are of seconds
        assert run("gto", *words, "--push", cwd=project).returncode == 0
    there = stages(project, run)
    assert (there["production"], there["eu/live"]) == ("v1.0.2", "v1.0.2")
    steps.assign(project, "v1.1.0")  # after it, and with a number that is free
    steps.assign(project, before, action="rollback")
    assert steps.assign(project, "v1.0.1", "staging") == "toy#staging#13"  # production has a 13 too
    assert stages(project, run)["production"] == before
    known = steps.known(project)
    assert known.problems == []
    signed = [each.signed for each in known.assignments.of("production")]
    assert signed[-5:] == [False, False, False, True, True]


def test_a_version_that_gto_has_ended_stays_one_and_the_tag_is_named(
    history: History, run: Run
) -> None:
    there = steps.there(history.clone)
    for name in ("toy@v1.0.1!", "toy@v1.0.1!#99", "toy@deprecated"):
        steps.tag(history.clone, run, name, "toy@v1.0.1", "By hand")
    known = steps.known(history.clone)
    assert [each.name for each in known.versions.registered] == history.versions
    assert steps.there(history.clone) == there
    assert len(known.problems) == 3
    assert known.problems[0].startswith("the tag toy@deprecated is not followed: ")
