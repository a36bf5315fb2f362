"""Features of a plain world: a season, a sensor that follows another one, and three places."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retrain.gate.policy import Integrity
from retrain.metrics import samples
from retrain.metrics.samples import Names
from retrain.monitoring import integrity, relation
from retrain.monitoring.schema import Alarm

NAMES = Names(["heat", "damp", "length"], ["place"])
LIMITS = Integrity(
    new=0.002, vanished=0.01, constant=0.9, missing=0.2, outside=0.01, unexplained=0.25
)
LENGTHS = {"north": 100.0, "south": 900.0, "west": 2500.0}


def month(number: int, rows: int = 2000) -> pd.DataFrame:
    """Return a month's features: heat and damp follow the season together."""
    chance = np.random.default_rng(number)
    season = 50 - 20 * np.cos(2 * np.pi * (number - 1) / 12)
    heat = chance.normal(season, 8, rows)
    place = chance.choice(list(LENGTHS), rows, p=[0.5, 0.3, 0.2])
    return pd.DataFrame(
        {
            "heat": heat,
            "damp": heat - 10 + chance.normal(0, 1, rows),
            "length": [LENGTHS[each] for each in place] + chance.normal(0, 5, rows),
            "place": place,
        }
    )


def write(path: Path, frame: pd.DataFrame) -> Path:
    named = {"retrain": json.dumps({"numeric": NAMES.numeric, "categorical": NAMES.categorical})}
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(named)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return path


@pytest.fixture(scope="session")
def learned(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("learned")
    return [write(folder / f"2013-{number:02}.parquet", month(number)) for number in range(1, 6)]


@pytest.fixture
def found(learned: list[Path], tmp_path: Path) -> Callable[[pd.DataFrame], list[Alarm]]:
    """Return what is wrong with some rows, against five months."""
    return lambda frame: alarms(learned, write(tmp_path / "now.parquet", frame))


def alarms(learned: list[Path], *paths: Path) -> list[Alarm]:
    then = samples.read(learned, NAMES)
    now = samples.read(paths, NAMES, then)
    return [*integrity.alarms(paths, now, relation.learn(learned, then), LIMITS)]
