"""The stage, tested by its user."""

from pipeline.train import rates


def test_customers_who_never_come_leave() -> None:
    rows = [{"visits": "0", "left": "yes"}, {"visits": "4", "left": "no"}]
    assert rates(rows) == {"0": 1.0, "4": 0.0}
