"""Ingestion: idempotent, byte-identical, atomic, and joined by the UTC hour."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline import source
from pipeline.features import INPUTS, OUTCOME
from retrain.data import partitions
from retrain.errors import UserError


@pytest.fixture(scope="session")
def fetch() -> source.Fetch:
    return source.nycflights()


def test_without_an_end_it_adds_the_next_month_only(tmp_path: Path, fetch: source.Fetch) -> None:
    assert source.ingest(tmp_path, fetch=fetch) == ["2013-01"]
    assert source.ingest(tmp_path, fetch=fetch) == ["2013-02"]


def test_running_twice_adds_nothing_and_changes_nothing(
    tmp_path: Path, fetch: source.Fetch
) -> None:
    assert source.ingest(tmp_path, "2013-02", fetch) == ["2013-01", "2013-02"]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    assert source.ingest(tmp_path, "2013-02", fetch) == []
    assert {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()
    } == before


def test_it_makes_the_shipped_bytes(tmp_path: Path, fetch: source.Fetch, real_data: Path) -> None:
    source.ingest(tmp_path, "2013-06", fetch)
    for path in partitions.paths(tmp_path):
        assert path.read_bytes() == (real_data / path.name).read_bytes(), path.name


def test_after_the_last_month_there_is_nothing_new(tmp_path: Path, fetch: source.Fetch) -> None:
    (tmp_path / "2013-12.parquet").touch()
    assert source.ingest(tmp_path, fetch=fetch) == []


def test_an_end_after_the_sources_is_refused(tmp_path: Path, fetch: source.Fetch) -> None:
    with pytest.raises(UserError, match="2014-03: the source holds 2013-01 to 2013-12; choose"):
        source.ingest(tmp_path, "2014-03", fetch)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("word", ["July", "2013-7", "2013-13"])
def test_an_end_that_is_no_month_is_refused(tmp_path: Path, fetch: source.Fetch, word: str) -> None:
    with pytest.raises(UserError, match=f"--through {word} is not a month; write it as"):
        source.ingest(tmp_path, word, fetch)
    assert not list(tmp_path.iterdir())


def test_a_source_that_fails_leaves_whole_months_only(tmp_path: Path, fetch: source.Fetch) -> None:
    def flaky(month: str) -> pd.DataFrame:
        if month == "2013-02":
            raise ConnectionError("gone")
        return fetch(month)

    with pytest.raises(ConnectionError):
        source.ingest(tmp_path, "2013-03", flaky)
    assert [path.name for path in tmp_path.iterdir()] == ["2013-01.parquet"]
    assert source.ingest(tmp_path, "2013-03", fetch) == ["2013-02", "2013-03"]


def test_the_join_neither_adds_nor_loses_flights(fetch: source.Fetch) -> None:
    november = fetch("2013-11")
    assert len(november) == 27_268
    assert set(INPUTS.names) | {OUTCOME.name} <= set(november)
    # the clock change: at one o'clock the weather has two rows, which differ in the UTC hour
    assert november["temp"].notna().mean() > 0.98


def test_a_source_that_is_not_installed_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "PACKAGE", "no-such-package")
    with pytest.raises(UserError, match="no-such-package is not installed; run `make ingest`"):
        source.nycflights()


def test_a_gap_is_filled_first(tmp_path: Path, fetch: source.Fetch) -> None:
    source.ingest(tmp_path, "2013-04", fetch)
    (tmp_path / "2013-02.parquet").unlink()
    assert source.ingest(tmp_path, fetch=fetch) == ["2013-02"]
    (tmp_path / "2013-01.parquet").unlink()  # older than the first month: dropped on purpose
    assert source.ingest(tmp_path, fetch=fetch) == ["2013-05"]
