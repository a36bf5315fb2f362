"""The keys of many files."""

from pathlib import Path

import pandas as pd

from retrain.data.keys import Keys

ONE, TWO, THREE = (Path(f"data/{name}.parquet") for name in ("one", "two", "three"))


def test_a_key_of_two_files_is_found() -> None:
    keys = Keys()
    assert keys.again() is None
    keys.add(ONE, pd.Series(["a", "b"]))
    keys.add(TWO, pd.Series(["c"]))
    assert keys.again() is None
    keys.add(THREE, pd.Series(["d", "b"]))
    assert keys.again() == (THREE, ONE)
