"""Which rows of new data can be judged, and by what: said without any model."""

from pathlib import Path

import pandas as pd

from retrain.errors import within
from retrain.pipeline import partitions
from retrain.pipeline.features import OUTCOME, features, keys, late, slice_columns


def rows(flights: pd.DataFrame, late_after: float) -> pd.DataFrame:
    """Return one row for each flight, in their order.

    Columns: `key`, `day`, `outcome` (bool, null for a flight that never arrived: it cannot be
    judged), and a text for each slice.
    """
    outcome = late(flights, late_after).astype("boolean").where(flights[OUTCOME.name].notna())
    return keys(flights).assign(outcome=outcome).join(slice_columns(features(flights)))


def write(source: Path, target: Path, late_after: float) -> int:
    """Write the rows of a raw month as Parquet, whole or not at all; return how many."""
    flights = partitions.read(source)
    with within(source):
        found = rows(flights, late_after)
    partitions.write(found, target)
    return len(found)
