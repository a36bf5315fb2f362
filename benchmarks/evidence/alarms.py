"""How often drift is an alarm where nothing but the season has moved: months, blocks of days."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from benchmarks.evidence.year import Year
from pipeline import predict, train
from pipeline.features import CATEGORICAL, NUMERIC
from retrain.console import progress, table
from retrain.data import partitions
from retrain.gate.policy import Drift, Policy
from retrain.metrics import samples
from retrain.metrics.samples import Names
from retrain.monitoring import integrity, outcome, relation
from retrain.monitoring.schema import Alarm
from retrain.paths import POLICY
from retrain.settings import read

BLOCK, WINDOW = 20, 30  # days that are compared, and days that have judged the model
NAMES = Names(NUMERIC, CATEGORICAL)


def of_months(year: Year) -> None:
    """Print the alarms of July to December, by the model of January to May that June has judged."""
    tables = list(year.tables.values())
    found = _alarms(year, pd.concat(tables[:5]), tables[5], tables[6:])
    print("alarms by month")
    rows = [
        [month, _said(alarms) or "none"]
        for month, alarms in zip(year.months[6:], found, strict=True)
    ]
    table(rows, ["", "alarms"])


def of_blocks(year: Year, number: int) -> None:
    """Print how often blocks of days in a row, from anywhere in the year, are an alarm.

    Each has a model that has seen neither them nor the days, of any other season, that judge it.
    """
    rows, chance = pd.concat(year.tables.values(), ignore_index=True), np.random.default_rng(5)
    days = np.array(sorted(rows["day"].unique()))
    found: list[tuple[str, str, list[Alarm]]] = []
    for _ in progress(range(number), "blocks"):
        start = other = chance.integers(0, len(days) - BLOCK)
        while start - WINDOW < other < start + BLOCK:
            other = chance.integers(0, len(days) - WINDOW)
        now = rows["day"].isin(days[start : start + BLOCK])
        judged = rows["day"].isin(days[other : other + WINDOW])
        [alarms] = _alarms(year, rows[~(now | judged)], rows[judged], [rows[now]])
        found.append((str(days[start]), str(days[other]), alarms))
    for kind in ("integrity", "outcome"):
        raised = sum(any(each.kind == kind for each in alarms) for _, _, alarms in found)
        print(f"of {number} blocks of {BLOCK} days an alarm of {kind}: {raised}")
    shown = [[start, other, _said(alarms)] for start, other, alarms in found if alarms]
    table(shown, ["from", "judged from", "alarms"])


def _alarms(
    year: Year, learned: pd.DataFrame, judged: pd.DataFrame, later: Sequence[pd.DataFrame]
) -> list[list[Alarm]]:
    """Return of each of some later rows the alarms of integrity and of outcomes."""
    policy, params = read(Path(POLICY), Policy), year.params.train
    assert policy.drift
    model = train.fit(train.build(params, year.params.task), learned, params.threads)

    def scored(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.join(predict.scores(model, rows[NAMES.all])).reset_index(drop=True)

    then = scored(judged)
    by_outcome = [
        outcome.alarms(scored(now), then, policy.gate, policy.drift.outcome) for now in later
    ]
    by_integrity = _of_integrity(learned, later, policy.drift)
    return [[*one, *other] for one, other in zip(by_integrity, by_outcome, strict=True)]


def _of_integrity(
    learned: pd.DataFrame, later: Sequence[pd.DataFrame], limits: Drift
) -> list[list[Alarm]]:
    with TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.parquet") for number in range(1 + len(later))]
        for rows, path in zip([learned, *later], paths, strict=True):
            partitions.write(rows, path)
        then = samples.read(paths[:1], NAMES)
        relations = relation.learn(paths[:1], then)
        found = []
        for now in ([path] for path in paths[1:]):
            sample = samples.read(now, NAMES, then)
            found.append([*integrity.alarms(now, sample, relations, limits.integrity)])
        return found


def _said(alarms: Sequence[Alarm]) -> str:
    return "; ".join(each.what for each in alarms)
