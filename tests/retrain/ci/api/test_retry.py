"""What is tried again, how often, and that nothing is done twice."""

from collections.abc import Callable

import pytest

from retrain.ci.api import retry
from retrain.ci.api.retry import TemporaryError, retried
from retrain.errors import UserError
from tests.retrain.ci.conftest import Clock


def failing(*errors: Exception, then: str = "done") -> Callable[[], str]:
    """Return what raises these, one a call, and is done with after."""
    left = list(errors)

    def attempt() -> str:
        if left:
            raise left.pop(0)
        return then

    return attempt


def nothing() -> None:
    """Find nothing."""


def test_what_may_pass_is_tried_three_times_more_and_later_each_time(clock: Clock) -> None:
    passing = [TemporaryError(str(n)) for n in range(4)]
    assert retried(failing(*passing[:3]), nothing) == "done"
    assert clock.waits == [1, 5, 20]
    with pytest.raises(UserError, match="3"):
        retried(failing(*passing), nothing)


def test_what_stands_is_not_done_again(clock: Clock) -> None:
    assert retried(failing(TemporaryError("lost"), then="twice"), lambda: "stands") == "stands"
    # after the last try too
    found = iter([None, None, None, "stands"])
    assert retried(failing(*[TemporaryError("lost")] * 4), lambda: next(found)) == "stands"
    assert clock.waits == [1, 5, 20]


def test_what_is_refused_for_good_is_not_tried_again(clock: Clock) -> None:
    with pytest.raises(UserError, match="no right"):
        retried(failing(UserError("no right")), nothing)
    assert clock.waits == []


def test_a_refusal_that_was_a_limit_is_tried_again(clock: Clock) -> None:
    def standing() -> None:
        assert retry.wait(30)  # as a call does that meets the limit

    assert retried(failing(UserError("no right")), standing) == "done"
    assert clock.waits == [30]


def test_where_it_cannot_be_told_what_stands_nothing_is_tried(clock: Clock) -> None:
    def standing() -> None:
        raise UserError("the forge is out of order")

    with pytest.raises(UserError, match="out of order"):
        retried(failing(TemporaryError("502")), standing)
    assert clock.waits == []


def test_a_job_waits_no_longer_than_its_minutes(clock: Clock) -> None:
    with pytest.raises(UserError, match="slow down"):
        retried(failing(*[TemporaryError("slow down", retry.LIMIT)] * 4), nothing)
    assert clock.waits == [60, 60, 60]
    assert sum(clock.waits) == retry.BUDGET
    assert not retry.wait(1)
    with pytest.raises(UserError, match="late"):
        retried(failing(TemporaryError("late")), nothing)
