"""A plugin of pytest: leaves out what cannot read the user's files.

No test of the machine works in the checkout (tests/retrain/conftest.py), so one that does not name
it cannot read there; those marked smoke run commands, and stand for the rest. What is in tests/e2e
is collected, and so imported, and does not run.
"""

from pathlib import Path

import pytest

CHECKOUT = "ROOT"  # its name in the tests


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the rest."""
    left_out = [item for item in items if not runs(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def runs(item: pytest.Item) -> bool:
    if Path(item.config.rootpath, "tests/e2e") in item.path.parents:
        return False
    smoke = item.get_closest_marker("smoke") is not None
    return smoke or CHECKOUT in item.path.read_text("utf-8")
