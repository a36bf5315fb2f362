"""The temporal split, and features made one month at a time."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline import prepare
from pipeline.features import CATEGORICAL, NUMERIC
from retrain.data import partitions
from retrain.errors import UserError
from tests.pipeline.flights.conftest import asked

MONTHS = ["2013-01", "2013-02", "2013-03", "2013-04"]


@pytest.mark.parametrize(
    ("train_from", "test_from", "train", "test"),
    [
        ("oldest", "newest", MONTHS[:3], MONTHS[3:]),
        ("2013-02", "newest", MONTHS[1:3], MONTHS[3:]),
        ("oldest", "2013-03", MONTHS[:2], MONTHS[2:]),
    ],
)
def test_split(train_from: str, test_from: str, train: list[str], test: list[str]) -> None:
    assert prepare.split(MONTHS, train_from, test_from) == (train, test)


@pytest.mark.parametrize(
    ("train_from", "test_from", "said"),
    [
        ("2012-12", "newest", "prepare.train_from is 2012-12, and data/ holds 2013-01 to 2013-04"),
        ("oldest", "2013-05", "prepare.test_from is 2013-05"),
        ("2013-04", "newest", "no file of data/ lies between"),
        ("oldest", "2013-01", "no file of data/ lies between"),
    ],
)
def test_a_window_that_is_not_there(train_from: str, test_from: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as error:
        prepare.split(MONTHS, train_from, test_from)
    assert str(error.value).startswith("params.yaml: ")


def test_one_month_alone_cannot_both_train_and_judge() -> None:
    with pytest.raises(UserError, match="let at least one train"):
        prepare.split(MONTHS[:1], "oldest", "newest")


def test_transform_leaves_out_what_has_no_outcome(small: dict[str, pd.DataFrame]) -> None:
    flights = small["2013-02"]
    table = prepare.transform(flights, asked())
    assert len(table) == flights["arr_delay"].notna().sum() < len(flights)
    assert list(table) == ["key", "day", *CATEGORICAL, *NUMERIC, "outcome"]
    assert table["outcome"].dtype == "bool"
    assert (
        prepare.transform(flights, asked(late_after=60.0))["outcome"].mean()
        < table["outcome"].mean()
    )


def test_every_month_has_its_file_and_no_day_is_on_both_sides(data: Path, tmp_path: Path) -> None:
    output = tmp_path / "features"
    prepare.prepare(data, output, asked())
    train, test = (partitions.paths(output / part) for part in ("train", "test"))
    assert [path.stem for path in train] == [f"2013-0{month}" for month in range(1, 6)]
    assert [path.stem for path in test] == ["2013-06"]
    assert (
        max(partitions.read(path)["day"].max() for path in train)
        < partitions.read(test[0])["day"].min()
    )


def test_a_month_that_turns_from_judge_to_trainer_keeps_its_bytes(
    data: Path, tmp_path: Path
) -> None:
    """DVC then stores it once, however many runs it is part of."""
    prepare.prepare(data, tmp_path / "before", asked(test_from="2013-05"))
    prepare.prepare(data, tmp_path / "after", asked(test_from="2013-06"))
    name = "2013-05.parquet"
    assert (tmp_path / "before/test" / name).read_bytes() == (
        tmp_path / "after/train" / name
    ).read_bytes()


def test_a_failure_in_the_middle_leaves_what_was_there(data: Path, tmp_path: Path) -> None:
    output = tmp_path / "features"
    prepare.prepare(data, output, asked())
    before = sorted(output.rglob("*"))
    (data / "2013-04.parquet").write_bytes(b"no parquet")
    with pytest.raises(UserError, match=r"2013-04.parquet"):
        prepare.prepare(data, output, asked())
    assert sorted(output.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []
