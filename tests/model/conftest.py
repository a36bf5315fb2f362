"""The built model as `retrain.testing` takes it."""

import pytest

from pipeline import evaluate, features, params, predict, prepare, train
from retrain.testing import Built
from retrain.testing.only_warns import pytest_pyfunc_call
from tests.conftest import ROOT

# a flight's number and the UTC hour name it; the local hour is what the model sees
IDENTIFIERS = ["flight", "time_hour"]


@pytest.fixture(scope="session")
def built() -> Built:
    return Built(ROOT, features, params, prepare, train, evaluate, predict, IDENTIFIERS)
