"""What the assignments of a stage add up to: what is there, since when, and what was before it."""

from datetime import UTC, datetime, timedelta

import pytest

from retrain.registry.deployment_tags import Assignment, Assignments
from retrain.registry.versions import Version

START = datetime(2025, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def written(steps: str) -> Assignments:
    """Return assignments, one an hour: `1` deploys v1.0.0, `<1` rolls back to it, `!1` takes it off."""
    found = []
    for number, step in enumerate(steps.split(), 1):
        name = step.strip("<!")
        version = Version((int(name), 0, 0), f"toy@v{name}.0.0", name * 40)
        place = (f"toy#live#{number}", f"{number:040}", number, "live", step[0] == "!", version)
        action = "rollback" if step[0] == "<" else "deploy"
        said = (action, "ada", f"step {number}", "", "", "")
        found.append(Assignment(*place, START + number * HOUR, *said))
    return Assignments(found, [], frozenset())


def name(found: Assignment | None) -> str:
    return found.version.name[1] if found else ""


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("steps", "there", "before"),
    [
        ("", "", ""),
        ("1", "1", ""),
        ("1 1 1", "1", ""),
        ("1 2", "2", "1"),
        ("1 2 <1", "1", ""),
        ("1 2 3 <2", "2", "1"),
        ("1 2 3 <2 <1", "1", ""),
        ("1 2 <1 3", "3", "1"),
        ("1 2 1 3 <1", "1", "2"),  # back to the last time that it was there
        ("1 2 1 3 <1 <2", "2", "1"),
        ("1 2 2 3 <2", "2", "1"),
        ("1 2 <2", "2", "1"),  # to what is there already
        ("1 2 <3", "3", "2"),  # to what never was there
        ("1 !1", "", ""),
        ("1 2 !2", "1", ""),  # as GTO: the one before it is there again
        ("1 2 !1", "2", ""),
        ("1 2 3 <2 !2", "3", "1"),  # as GTO, though it was left by a roll-back
        ("1 !1 1", "1", ""),
        ("!1 2", "2", ""),
    ],
)
def test_a_stage_has_what_was_assigned_last_and_goes_back_to_what_it_had_before(
    steps: str, there: str, before: str
) -> None:
    found = written(steps)
    assert name(found.on("live")) == there
    assert name(found.before("live")) == before
    assert found.on("other") is None


def test_at_an_instant_a_stage_has_what_it_had_then() -> None:
    found = written("1 2 <1 !1")
    hours = [0, 1, 1.5, 2, 3, 3.9, 4, 100]
    seen = [name(found.on("live", START + each * HOUR)) for each in hours]
    assert seen == ["", "1", "1", "2", "1", "1", "2", "2"]


def test_a_version_that_is_there_again_is_there_since_the_other_was_taken_off() -> None:
    periods = written("1 2 !1 3 !3 !2").periods("live")
    seen = [(name(each), each.time, until, each.reason) for each, until in periods]
    assert seen == [
        ("1", START + HOUR, START + 2 * HOUR, "step 1"),
        ("2", START + 2 * HOUR, START + 4 * HOUR, "step 2"),
        ("3", START + 4 * HOUR, START + 5 * HOUR, "step 4"),
        ("2", START + 5 * HOUR, START + 6 * HOUR, "step 5"),
    ]
