"""What production sees of flights: a new month is no alarm, and what breaks it is, by its name."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.features import CATEGORICAL, NUMERIC
from retrain.data import partitions
from retrain.gate.policy import Integrity, Policy
from retrain.metrics import samples
from retrain.metrics.samples import Names
from retrain.monitoring import integrity, relation
from retrain.monitoring.relation import Relation
from retrain.monitoring.schema import Alarm
from retrain.settings import read
from tests.conftest import ROOT

NAMES = Names(NUMERIC, CATEGORICAL)
LIMIT = 0.005  # of a month: carriers and airports that the policy is to notice
Month = pd.DataFrame


@pytest.fixture(scope="module")
def learned(months: list[Month], tmp_path_factory: pytest.TempPathFactory) -> Relation:
    folder = tmp_path_factory.mktemp("features")
    paths = []
    for number, month in enumerate(months[:5], start=1):
        paths.append(folder / f"2013-0{number}.parquet")
        partitions.write(month, paths[-1])
    return relation.learn(paths, samples.read(paths, NAMES))


@pytest.fixture
def found(learned: Relation, tmp_path: Path) -> Callable[[Month], list[Alarm]]:
    policy = read(ROOT / "policy.yaml", Policy).drift
    limits: Integrity = policy.integrity if policy else pytest.fail("no limits")

    def alarms(month: Month) -> list[Alarm]:
        path = tmp_path / "now.parquet"
        pq.write_table(pa.Table.from_pandas(month, preserve_index=False), path)
        now = samples.read([path], NAMES, learned.learned)
        return [*integrity.alarms([path], now, learned, limits)]

    return alarms


@pytest.mark.ml_test_score("Monitor 2")
def test_june_is_no_alarm(found: Callable[[Month], list[Alarm]], months: list[Month]) -> None:
    assert found(months[5]) == []


def shifts(month: Month) -> list[tuple[str, str, Month]]:
    """Return the feature that each shift is of, the check that finds it, and the shifted month."""

    def of_size(name: str) -> list[str]:
        shares = month[name].value_counts(normalize=True)
        return [str(value) for value in shares[shares > LIMIT].index]

    closed = [("origin", "vanished", month[month["origin"] != each]) for each in of_size("origin")]
    renamed = [
        ("carrier", "new", month.replace({"carrier": {each: "ZZ"}})) for each in of_size("carrier")
    ]
    stuck = [
        (name, "constant", month.assign(**{name: month[name].median()}))
        for name in ("temp", "dewp", "humid", "wind_speed", "pressure")
    ]
    units = [
        ("distance", "unexplained", month.assign(distance=month["distance"] * 1.609344)),
        ("temp", "unexplained", month.assign(temp=(month["temp"] - 32) / 1.8)),
        ("dewp", "unexplained", month.assign(dewp=(month["dewp"] - 32) / 1.8)),
    ]
    empty = [("pressure", "missing", month.assign(pressure=np.nan))]
    return [*itertools.chain(closed, renamed, stuck, units, empty)]


@pytest.mark.ml_test_score("Monitor 2")
@pytest.mark.slow
def test_what_is_wrong_with_a_month_is_an_alarm_each_time(
    found: Callable[[Month], list[Alarm]], months: list[Month]
) -> None:
    wrong = shifts(months[5])
    assert len(wrong) > 20
    missed = [
        (feature, check)
        for feature, check, month in wrong
        if (feature, check) not in {(each.feature, each.check) for each in found(month)}
    ]
    assert missed == []
