"""The keys of all rows of all files, as hashes: no two rows may have the same one."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retrain.errors import UserError


def filled(named: pd.DataFrame) -> pd.DataFrame:
    """Return what `keys` in features.py gives, in which no value may be empty."""
    for name in named:
        if empty := int(named[name].isna().sum()):
            raise UserError(
                f"{str(name)!r} is empty in {empty:,} rows; fill the columns that `keys` in "
                "src/pipeline/features.py makes it of"
            )
    return named


class Keys:
    """Eight bytes a row, so that a table of any size has room."""

    def __init__(self) -> None:
        self._hashes: dict[Path, NDArray[np.uint64]] = {}

    def add(self, file: Path, keys: "pd.Series[str]") -> None:
        self._hashes[file] = pd.util.hash_array(keys.to_numpy(object))

    def again(self) -> tuple[Path, Path] | None:
        """Return two files that have a key in common, or None."""
        hashes = np.sort(np.concatenate([*self._hashes.values(), np.array([], "uint64")]))
        twice = hashes[:-1][hashes[1:] == hashes[:-1]]
        if not len(twice):
            return None
        *_, one, other = (file for file, found in self._hashes.items() if twice[0] in found)
        return other, one
