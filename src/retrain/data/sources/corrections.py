"""How a partition differs from what its source has now."""

from pathlib import Path

import pandas as pd

from retrain.data import partitions


def compare(before: Path, now: Path) -> str:
    """Say how many rows are more, fewer and changed; a row that is replaced is a changed one."""
    old, new = (_counted(path) for path in (before, now))
    gone, come = (int((one - other).clip(lower=0).sum()) for one, other in _pairs(old, new))
    changed = min(gone, come)
    parts = [
        f"{number:,} rows {word}"
        for word, number in (
            ("more", come - changed),
            ("fewer", gone - changed),
            ("changed", changed),
        )
        if number
    ]
    return ", ".join(parts) or "the same rows in another order"


def _counted(path: Path) -> "pd.Series[int]":
    rows = pd.util.hash_pandas_object(partitions.read(path), index=False)
    return rows.value_counts()


def _pairs(
    old: "pd.Series[int]", new: "pd.Series[int]"
) -> "list[tuple[pd.Series[int], pd.Series[int]]]":
    old, new = old.align(new, fill_value=0)
    return [(old, new), (new, old)]
