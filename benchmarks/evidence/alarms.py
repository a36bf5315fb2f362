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
    learned, judged = pd.concat([year.tables[each] for each in year.months[:5]]), year.months[5]
    found = {
        month: _alarms(year, year.tables[month], learned, year.tables[judged])
        for month in year.months[6:]
    }
    print("alarms by month")
    table([[month, _said(alarms) or "none"] for month, alarms in found.items()], ["", "alarms"])


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
        alarms = _alarms(year, rows[now], rows[~(now | judged)], rows[judged])
        found.append((str(days[start]), str(days[other]), alarms))
    for kind in ("integrity", "outcome"):
        raised = sum(any(each.kind == kind for each in alarms) for _, _, alarms in found)
        print(f"of {number} blocks of {BLOCK} days an alarm of {kind}: {raised}")
    shown = [[start, other, _said(alarms)] for start, other, alarms in found if alarms]
    table(shown, ["from", "judged from", "alarms"])


def _alarms(
    year: Year, now: pd.DataFrame, learned: pd.DataFrame, judged: pd.DataFrame
) -> list[Alarm]:
    """Return the alarms of integrity and of outcomes that policy.yaml raises."""
    policy = read(Path(POLICY), Policy)
    assert policy.drift
    params = year.params.train
    model = train.fit(train.build(params, year.params.task), learned, params.threads)
    scored = [
        rows.join(predict.scores(model, rows[NAMES.all])).reset_index(drop=True)
        for rows in (now, judged)
    ]
    return [
        *_of_integrity(now, learned, policy.drift),
        *outcome.alarms(scored[0], scored[1], policy.gate, policy.drift.outcome),
    ]


def _of_integrity(now: pd.DataFrame, learned: pd.DataFrame, limits: Drift) -> list[Alarm]:
    with TemporaryDirectory() as folder:
        paths = [Path(folder, "learned.parquet"), Path(folder, "now.parquet")]
        for rows, path in zip((learned, now), paths, strict=True):
            partitions.write(rows, path)
        then = samples.read(paths[:1], NAMES)
        sample = samples.read(paths[1:], NAMES, then)
        relations = relation.learn(paths[:1], then)
        return list(integrity.alarms(paths[1:], sample, relations, limits.integrity))


def _said(alarms: Sequence[Alarm]) -> str:
    return "; ".join(each.what for each in alarms)
