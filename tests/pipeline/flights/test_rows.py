"""Which rows judge: those of `predict` and, where the outcome is known, those of the test window."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline import predict, prepare, rows
from pipeline.features import OUTCOME, keys
from retrain.data import partitions
from retrain.errors import UserError
from tests.conftest import Run, set_params
from tests.pipeline.flights.conftest import asked, write_month

SLICES = ["carrier", "origin", "part_of_day"]


@pytest.fixture
def june(small: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return flights of which some never arrived."""
    flights = small["2013-06"].copy()
    flights.loc[::50, OUTCOME.name] = None
    return flights


def test_every_flight_is_a_row_in_its_order(june: pd.DataFrame) -> None:
    found = rows.rows(june, asked())
    assert list(found) == ["key", "day", "outcome", *SLICES]
    assert found["key"].tolist() == keys(june)["key"].tolist()
    assert found["key"].is_unique
    assert found[["day", *SLICES]].notna().all(axis=None)


def test_a_flight_that_never_arrived_has_no_outcome(june: pd.DataFrame) -> None:
    unknown = june[OUTCOME.name].isna()
    assert unknown.sum() >= len(june) // 50
    found = rows.rows(june, asked())["outcome"]
    assert found.isna().equals(unknown)
    assert found[~unknown].tolist() == (june.loc[~unknown, OUTCOME.name] > 15).tolist()


@pytest.mark.parametrize(("minutes", "outcome"), [(15.0, False), (16.0, True), (-3.0, False)])
def test_late_is_later_than_the_parameter(
    june: pd.DataFrame, minutes: float, outcome: bool
) -> None:
    found = rows.rows(june.assign(arr_delay=minutes), asked())["outcome"]
    assert found.tolist() == [outcome] * len(june)


class Guess:
    """A model that knows nothing."""

    classes_ = np.array([False, True])

    def predict_proba(self, table: pd.DataFrame) -> object:
        return pd.DataFrame({0: 0.5, 1: 0.5}, table.index).to_numpy()


def test_the_known_rows_are_those_of_the_test_window(june: pd.DataFrame, tmp_path: Path) -> None:
    source = write_month(tmp_path, "2013-06", june)
    partitions.write(
        prepare.transform(partitions.read(source), asked()), tmp_path / "features.parquet"
    )
    window = predict.window(Guess(), [tmp_path / "features.parquet"])
    assert rows.write(source, tmp_path / "rows.parquet", asked()) == len(june)
    found = partitions.read(tmp_path / "rows.parquet")
    known = found[found["outcome"].notna()].reset_index(drop=True).astype({"outcome": "bool"})
    pd.testing.assert_frame_equal(known, window[list(known)], check_dtype=False)


def test_it_is_written_as_parquet_with_an_outcome_that_may_be_null(
    june: pd.DataFrame, tmp_path: Path
) -> None:
    source, target = write_month(tmp_path, "2013-06", june), tmp_path / "rows.parquet"
    rows.write(source, target, asked())
    table = pq.read_table(target)
    assert str(table.schema.field("outcome").type) == "bool"
    assert table["outcome"].null_count == june[OUTCOME.name].isna().sum()
    assert {str(table.schema.field(name).type) for name in ("key", "day")} == {"large_string"}


def test_a_bad_month_is_one_sentence_and_leaves_what_was_there(
    june: pd.DataFrame, tmp_path: Path
) -> None:
    target = tmp_path / "rows.parquet"
    rows.write(write_month(tmp_path, "2013-06", june), target, asked())
    before = target.read_bytes()
    source = write_month(tmp_path, "2013-06", june.assign(hour=99))
    with pytest.raises(
        UserError, match=f"^{source}: columns 'hour' and 'minute' hold an impossible"
    ):
        rows.write(source, target, asked())
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2013-06.parquet", "rows.parquet"]


@pytest.mark.slow
def test_the_command_goes_by_the_parameters(project: Path, run: Run) -> None:
    set_params(project, late_after="100000")
    files = ["data/2013-05.parquet", "data/2013-06.parquet"]
    done = run("python", "-m", "pipeline.rows", *files, "out", cwd=project)
    assert done.returncode == 0, done.stderr
    found = partitions.read(project / "out/2013-06.parquet")
    assert (project / "out/2013-05.parquet").exists()
    assert done.stdout.endswith(f"data/2013-06.parquet: {len(found):,} rows\n")
    assert found["outcome"].dropna().tolist() == [False] * found["outcome"].notna().sum()
    refused = run("python", "-m", "pipeline.rows", "data/1999-01.parquet", "out", cwd=project)
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: data/1999-01.parquet is missing")
