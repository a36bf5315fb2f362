"""What was where at any instant, of a long history, against a computation of its own."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from retrain.deployment import lineage
from retrain.errors import UserError
from tests.retrain.deployment import steps
from tests.toys import toys
from tests.toys.history import SPAN, START, History, Made

SECOND = timedelta(seconds=1)


def instants(history: History) -> list[datetime]:
    """Return a hundred: any, and those at which something has just changed, or is about to."""
    chance = random.Random(7)  # noqa: S311
    edges = [each.time for each in chance.sample(history.assignments, 20)]
    anywhere = [START + SPAN * chance.random() for _ in range(40)]
    return [
        *anywhere,
        *edges,
        *(each - SECOND for each in edges),
        *(each + SECOND for each in edges),
    ]


def plainly(history: History, stage: str, when: datetime) -> Made | None:
    """Return the last thing that was written for a stage."""
    found = None
    for each in history.assignments:
        if each.stage == stage and each.time <= when:
            found = each
    return found


def test_at_each_of_a_hundred_instants_the_answer_is_that_of_a_plain_computation(
    long_history: History,
) -> None:
    known = steps.known(long_history.clone)
    assert (len(known.versions.registered), len(known.assignments.found)) == (200, 600)
    assert known.problems == []
    with toys.working_in(long_history.clone):
        for when in instants(long_history):
            text = when.astimezone().isoformat()
            for stage in ("staging", "production"):
                expected = plainly(long_history, stage, when)
                if expected is None:
                    with pytest.raises(UserError, match="the first deployment was at 2024-01-0"):
                        known.deployed(stage, lineage.instant(text))
                    continue
                found = known.deployed(stage, lineage.instant(text))
                assert (found.tag, found.version.name) == (expected.tag, expected.version)
                assert (found.action, found.signed) == (expected.action, True)
                assert found.version.commit == long_history.commits[expected.version]


def test_the_times_of_a_stage_leave_no_gap_and_none_is_twice(long_history: History) -> None:
    known = steps.known(long_history.clone)
    for stage in ("staging", "production"):
        found = known.assignments.periods(stage)
        assert [each.tag for each, _ in found] == [
            each.tag for each in long_history.assignments if each.stage == stage
        ]
        assert [until for _, until in found] == [*(each.time for each, _ in found[1:]), None]
    with toys.working_in(long_history.clone):
        assert len(lineage.deployments(known)) == 600


def test_times_are_read_with_their_zone_or_of_utc() -> None:
    utc = datetime(2025, 11, 1, 11, 30, tzinfo=UTC)
    for text in ("2025-11-01T11:30", "2025-11-01 12:30+01:00", "2025-11-01T11:30:00Z"):
        assert lineage.instant(text) == utc
    assert lineage.instant("2025-11-01") == datetime(2025, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "nonsense", "2025-13-01", "0001-01-01T00:00+14:00", "now"])
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UserError, match="is not a time; write it as 2026-11-01T12:00"):
        lineage.instant(text)


def test_nothing_is_said_of_a_time_to_come() -> None:
    with pytest.raises(UserError, match="still to come; leave --at out"):
        lineage.instant("2999-01-01")
