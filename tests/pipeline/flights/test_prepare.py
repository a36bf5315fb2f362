"""The temporal split, and features made one month at a time."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from pipeline import prepare
from pipeline.features import CATEGORICAL, NUMERIC, Settings
from retrain.data import partitions
from retrain.errors import UserError
from tests.pipeline.flights.conftest import asked, write_month

MONTHS = ["2013-01", "2013-02", "2013-03", "2013-04"]


@pytest.mark.parametrize(
    ("train_from", "test_from", "train", "test"),
    [
        ("oldest", "newest", MONTHS[:3], MONTHS[3:]),
        ("2013-02", "newest", MONTHS[1:3], MONTHS[3:]),
        ("oldest", "2013-03", MONTHS[:2], MONTHS[2:]),
        ("oldest", 3, MONTHS[:1], MONTHS[1:]),
    ],
)
def test_split(train_from: str, test_from: str | int, train: list[str], test: list[str]) -> None:
    assert prepare.split(MONTHS, train_from, test_from) == (train, test)


@pytest.mark.parametrize(
    ("train_from", "test_from", "said"),
    [
        ("2012-12", "newest", "prepare.train_from is 2012-12, and data/ holds 2013-01 to 2013-04"),
        ("oldest", "2013-05", "prepare.test_from is 2013-05"),
        ("2013-04", "newest", r"none of the files of data/ \(4\) trains; ingest more"),
        ("oldest", "2013-01", "prepare.test_from 2013-01, and so none of the files"),
        ("oldest", 9, "prepare.test_from 9, and so none of the files"),
    ],
)
def test_a_window_that_is_not_there(train_from: str, test_from: str | int, said: str) -> None:
    with pytest.raises(UserError, match=said) as error:
        prepare.split(MONTHS, train_from, test_from)
    assert str(error.value).startswith("params.yaml: ")


def test_one_month_alone_cannot_both_train_and_judge() -> None:
    with pytest.raises(UserError, match="let fewer judge, or set prepare"):
        prepare.split(MONTHS[:1], "oldest", "newest")


def test_one_file_without_a_time_is_split_by_a_hash() -> None:
    with pytest.raises(UserError, match=r"customers.parquet has no time in its name; set it to"):
        prepare.split(["customers"], "oldest", "newest")


@pytest.mark.parametrize("name", ["arr_delay", "carrier"])
def test_a_column_that_is_missing_is_named(small: dict[str, pd.DataFrame], name: str) -> None:
    renamed = small["2013-02"].rename(columns={name: f"{name}s"})
    with pytest.raises(UserError, match=rf"column '{name}' is missing; did you mean '{name}s'\?"):
        prepare.transform(renamed, asked())


def test_two_rows_of_one_key_are_a_sentence(small: dict[str, pd.DataFrame]) -> None:
    twice = pd.concat([small["2013-02"]] * 2, ignore_index=True)
    with pytest.raises(UserError, match=r"two rows have the key '2013-02-01T.*; keep one of them"):
        prepare.transform(twice, asked())


def test_a_row_that_two_months_have_is_a_sentence(
    data: Path, tmp_path: Path, small: dict[str, pd.DataFrame]
) -> None:
    both = pd.concat([small["2013-04"], small["2013-02"].iloc[[-1]]], ignore_index=True)
    write_month(data, "2013-04", both)
    known = r"2013-04.parquet has a row whose key is in \S+/2013-02.parquet too; keep one of them"
    with pytest.raises(UserError, match=known):
        prepare.prepare(data, tmp_path / "features", asked())
    assert not (tmp_path / "features").exists()


def test_a_part_of_a_key_that_is_empty_is_a_sentence(
    small: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    def keys(flights: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"key": flights["origin"], "day": None})

    monkeypatch.setattr(prepare, "keys", keys)
    with pytest.raises(UserError, match=r"'day' is empty in \d+ rows; fill the columns"):
        prepare.transform(small["2013-02"], asked())


def test_an_empty_whole_number_is_refused_before_anything_trains(
    small: dict[str, pd.DataFrame],
) -> None:
    flights = small["2013-02"].astype({"distance": "float64"})
    flights.loc[3, "distance"] = None
    with pytest.raises(UserError, match=r"column 'distance' has 1 empty values; fill them"):
        prepare.transform(flights, asked())
    unknown = small["2013-02"].copy()
    unknown["dest"] = None  # a text may be empty, as a number with decimals may
    assert prepare.transform(unknown.astype({"dest": "str"}), asked())["dest"].isna().all()


def test_rows_that_outcome_leaves_out_do_not_train(
    small: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    flights, late = small["2013-02"], prepare.outcome

    def outcome(rows: pd.DataFrame, settings: Settings) -> pd.Series:
        return late(rows[rows["carrier"] != "UA"], settings).astype(object).where(rows["hour"] > 6)

    monkeypatch.setattr(prepare, "outcome", outcome)
    table = prepare.transform(flights, asked())
    left = flights[(flights["carrier"] != "UA") & (flights["hour"] > 6)]
    assert len(table) == left["arr_delay"].notna().sum()
    assert table["outcome"].dtype == "bool"
    assert "UA" not in set(table["carrier"])


@pytest.mark.parametrize(
    ("train", "test", "said"),
    [
        (9, 0, "none judges; add rows, or change prepare.test_share"),
        (0, 9, "none trains; add rows"),
    ],
)
def test_a_part_without_rows_is_a_sentence(train: int, test: int, said: str) -> None:
    by_hash = asked(split="hash", hash_of="day", test_share=0.2).prepare
    with pytest.raises(UserError, match=said):
        prepare._check_rows(Counter(train=train, test=test), by_hash)


@pytest.mark.parametrize(
    ("train", "test", "said"),
    [
        ({"a": 9, "b": 5}, {"c": 3}, r"the class 'c' judges \(rows: 3\) and does not train"),
        ({"a": 9, "b": 1}, {"a": 3}, "the class 'b' has one row that trains; add rows, or join it"),
        (
            {f"{each}": 9 for each in range(101)},
            {},
            "101 different values, and classes are at most",
        ),
    ],
)
def test_classes_that_cannot_be_judged(
    train: dict[str, int], test: dict[str, int], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        prepare._check_classes(Counter(train), Counter(test))


def test_a_split_by_hash_keeps_a_day_on_one_side(data: Path, tmp_path: Path) -> None:
    by_hash = asked(split="hash", hash_of="day", test_share=0.2)
    prepare.prepare(data, tmp_path / "features", by_hash)
    train, test = (
        pd.concat(map(partitions.read, partitions.paths(tmp_path / "features" / part)))
        for part in ("train", "test")
    )
    assert not set(train["day"]) & set(test["day"])
    assert len(test) / (len(train) + len(test)) == pytest.approx(0.2, abs=0.08)


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
