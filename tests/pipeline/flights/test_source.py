"""The demo's source: byte-identical to what is shipped, and joined by the UTC hour."""

from pathlib import Path

import pytest

from pipeline import source
from pipeline.features import INPUTS, OUTCOME
from retrain.data import partitions
from retrain.data.sources import driver
from retrain.errors import UserError


def test_it_makes_the_shipped_bytes(tmp_path: Path, real_data: Path) -> None:
    driver.add(source.Flights(), tmp_path, {}, through="2013-06")
    for path in partitions.paths(tmp_path):
        assert path.read_bytes() == (real_data / path.name).read_bytes(), path.name


def test_after_the_last_month_there_is_nothing_new(tmp_path: Path) -> None:
    assert driver.add(source.Flights(), tmp_path, {"2013-12": "a"}).new == []


@pytest.mark.parametrize("word", ["July", "2013-7", "2014-03"])
def test_an_end_that_the_source_has_not_is_refused(tmp_path: Path, word: str) -> None:
    with pytest.raises(UserError, match=f"{word}: the source has 2013-01 to 2013-12; choose"):
        driver.add(source.Flights(), tmp_path, {}, through=word)
    assert not list(tmp_path.iterdir())


def test_the_join_neither_adds_nor_loses_flights() -> None:
    ((_, november),) = source.Flights().fetch(["2013-11"])
    assert len(november) == 27_268
    assert set(INPUTS.names) | {OUTCOME.name} <= set(november)
    # the clock change: at one o'clock the weather has two rows, which differ in the UTC hour
    assert november["temp"].notna().mean() > 0.98


def test_a_source_that_is_not_installed_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "PACKAGE", "no-such-package")
    with pytest.raises(UserError, match="no-such-package is not installed; run `make ingest`"):
        driver.add(source.Flights(), tmp_path, {})


def test_a_gap_is_filled_first_and_what_is_older_than_the_first_is_not_wanted(
    tmp_path: Path,
) -> None:
    known = dict.fromkeys(["2013-02", "2013-04"], "a")
    assert driver.add(source.Flights(), tmp_path, known, step=2).new == ["2013-03", "2013-05"]
