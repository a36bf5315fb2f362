"""A failure that is a warning, of the tests that policy.yaml names.

A conftest.py that imports `pytest_pyfunc_call` has it for the tests of its folder.
"""

import warnings
from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest

from retrain import settings
from retrain.gate.policy import Policy
from retrain.junit import WARNED
from retrain.paths import POLICY


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    try:
        return (yield)
    except (Exception, pytest.fail.Exception) as error:
        if pyfuncitem.originalname not in _names(pyfuncitem.config.rootpath):
            raise
        # the gate reads it: there the base's policy decides whether it only warns
        pyfuncitem.user_properties.append((WARNED, str(error)))
        warnings.warn(f"{pyfuncitem.name}: {error}", pytest.PytestWarning, stacklevel=1)
        return True


@cache
def _names(root: Path) -> list[str]:
    return settings.read(root / POLICY, Policy).gate.warns
