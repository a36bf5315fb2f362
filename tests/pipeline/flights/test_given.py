"""The rows that are kept beside predictions: as the model takes them, whatever file they came in."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from pipeline import given
from pipeline.features import INPUTS
from retrain.errors import UserError


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_rows_keep_the_names_and_types_of_inputs(
    tmp_path: Path, small: dict[str, pd.DataFrame], suffix: str
) -> None:
    rows = pa.Table.from_pandas(small["2013-06"], preserve_index=False)  # with the outcome
    source, target = tmp_path / f"in{suffix}", tmp_path / "given.parquet"
    (pa.csv.write_csv if suffix == ".csv" else pq.write_table)(rows, source)
    given.write(source, target)
    kept = pq.read_table(target)
    assert kept.schema.equals(INPUTS)
    assert kept.equals(rows.select(INPUTS.names).cast(INPUTS))


def test_what_predict_refuses_is_not_kept(tmp_path: Path, small: dict[str, pd.DataFrame]) -> None:
    small["2013-06"].assign(distance="far").to_parquet(tmp_path / "in.parquet")
    with pytest.raises(UserError, match=r"in\.parquet: column 'distance' is not int16"):
        given.write(tmp_path / "in.parquet", tmp_path / "given.parquet")
    assert not (tmp_path / "given.parquet").exists()
