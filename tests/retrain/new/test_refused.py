"""Tables of which no project can be made: each a sentence with the file, the column, the remedy."""

import datetime
import gzip
from pathlib import Path

import pandas as pd
import pytest

from retrain.errors import UserError
from retrain.new import new
from tests.retrain.new import samples

ROWS = 400
START = datetime.datetime(2024, 1, 1)


def days(form: str = "%Y-%m-%d", rows: int = ROWS) -> list[str]:
    return [f"{START + datetime.timedelta(days=number):{form}}" for number in range(rows)]


def sales(rows: int = ROWS, **columns: object) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "day": days(rows=rows),
            "shop": ["north", "south"] * (rows // 2) + ["north"] * (rows % 2),
            "price": [round(1 + number % 37 / 10, 1) for number in range(rows)],
            "sold": [(number * 7) % 101 for number in range(rows)],
        }
    )
    return table.assign(**columns)


def refused(folder: Path, table: pd.DataFrame | str | bytes, **asked: str) -> str:
    path = folder / "sales.csv"
    if isinstance(table, pd.DataFrame):
        table.to_csv(path, index=False)
    else:
        path.write_bytes(table.encode() if isinstance(table, str) else table)
    return said(folder, path, **{"target": "sold", **asked})


def said(folder: Path, path: Path, **asked: str) -> str:
    with pytest.raises(UserError) as error:
        new.guessed(new.Asked(path, **asked), "sales", folder / "scratch")
    sentence = str(error.value)
    assert "\n" not in sentence
    assert str(path) in sentence
    assert "; " in sentence
    return sentence


def test_a_table_that_is_right_is_not_refused(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    sales().to_csv(path, index=False)
    guess = new.guessed(new.Asked(path, "sold", "day"), "sales", tmp_path / "scratch")
    assert guess.target.task == "regression"


TARGETS = {
    "missing": ({}, {"target": "solt"}, "has no column 'solt'; did you mean 'sold'?"),
    "constant": ({"sold": 5}, {}, "'sold' is '5' in all rows, so there is nothing to learn"),
    "names": (
        {"sold": [f"n{n}" for n in range(ROWS)]},
        {},
        "'sold' holds all different texts, and no model can learn that",
    ),
    "many texts": (
        {"sold": [f"n{n % 150}" for n in range(ROWS)]},
        {},
        "'sold' holds 150 different texts, and no model can learn that",
    ),
    "empty": ({"sold": ""}, {}, "'sold' is empty; name another target"),
    "time": ({"sold": days()}, {}, "'sold' is a time; make a number of it"),
    "no binary": ({}, {"task": "binary"}, "has 101 different values, and a binary target has two"),
    "no classes": ({}, {"task": "multiclass"}, "has 101 different values, and classes are at most"),
    "no number": (
        {"sold": ["yes", "no"] * (ROWS // 2)},
        {"task": "regression"},
        "'sold' is not a number; choose another task",
    ),
    "a rare class": (
        {"sold": ["a", "b", "c", "d"] * (ROWS // 4 - 1) + ["a", "b", "c", "e"]},
        {},
        "the class 'e' has 1 rows, and needs at least 5; leave it out, or join it",
    ),
}


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_that_no_model_can_learn(name: str, tmp_path: Path) -> None:
    columns, asked, sentence = TARGETS[name]
    assert sentence in refused(tmp_path, sales(**columns), **asked)


TIMES = {
    "missing": ({}, "date", "has no column 'date'"),
    "one time": ({"day": "2024-03-01"}, "day", "'day' holds one time in all rows"),
    "few days": (
        {"day": ["2024-03-01", "2024-03-02"] * (ROWS // 2)},
        "day",
        "'day' has 2 days (from 2024-03-01 on), and a split by time needs at least 4",
    ),
    "no time": ({}, "shop", "column 'shop', row 1: 'north' is not a time that is known"),
    "two formats": (
        {"day": [*days()[:-1], "31.12.2025"]},
        "day",
        "column 'day', row 400: '31.12.2025' is not written as ISO 8601, and row 1 is '2024-01-01'",
    ),
    "a day that is none": (
        {"day": [*days()[:-1], "2025-02-30"]},
        "day",
        "column 'day', row 400: '2025-02-30' is not written as ISO 8601",
    ),
    "ambiguous": (
        {"day": [f"{1 + n % 12:02}/{1 + n % 7:02}/2024" for n in range(ROWS)]},
        "day",
        "'01/01/2024' can be read as %d/%m/%Y or %m/%d/%Y; say which it is: TIME_FORMAT='%d/%m/%Y'",
    ),
    "empty": ({"day": [*days()[:-1], ""]}, "day", "column 'day' is empty in 1 rows; fill it"),
    "the target": ({}, "sold", "column 'sold' cannot be both the target and the time"),
}


@pytest.mark.parametrize("name", TIMES)
def test_a_time_that_cannot_split(name: str, tmp_path: Path) -> None:
    columns, time, sentence = TIMES[name]
    assert sentence in refused(tmp_path, sales(**columns), time=time)


def test_a_format_that_is_named_decides(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    sales(day=days("%d/%m/%Y")).to_csv(path, index=False)
    asked = new.Asked(path, "sold", "day", time_format="%d/%m/%Y")
    assert new.guessed(asked, "sales", tmp_path / "scratch").profile.names[-1] == "2025-01"


def test_a_format_that_does_not_fit(tmp_path: Path) -> None:
    sentence = refused(tmp_path, sales(), time="day", time_format="%d/%m/%Y")
    assert "column 'day', row 1: '2024-01-01' is not a time (%d/%m/%Y)" in sentence


TABLES: dict[str, tuple[str | bytes, str]] = {
    "nothing": (b"", "is empty (0 bytes); export it again"),
    "only names": ("day,price,sold\n", "has no rows; export it again"),
    "one column": ("sold\n1\n2\n", "has one column, 'sold'; a model needs the target"),
    "one row": ("price,sold\n1,2\n", "has 1 row, and rows that train and rows that judge need 50"),
    "few rows": (
        "price,sold\n" + "".join(f"{n},{n % 7}\n" for n in range(20)),
        "has 20 rows, and rows that train and rows that judge need 50",
    ),
    "two of a name": ("price,price,sold\n1,2,3\n", "two columns are named 'price'; rename one"),
    "no name": ("price,,sold\n1,2,3\n", "column 2 has no name; give it one"),
    "no names": (
        "1.5,2,3\n2,3,4\n",
        "its first line holds numbers (1.5, 2, 3, …), and should name",
    ),
    "a row too long": (
        "price,sold\n" + "1,2\n" * 60 + "1,2,3\n",
        "cannot be read (CSV parse error: Expected 2 columns, got 3",
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_file_that_is_no_table(name: str, tmp_path: Path) -> None:
    content, sentence = TABLES[name]
    assert sentence in refused(tmp_path, content)


def test_no_column_that_could_be_a_feature(tmp_path: Path) -> None:
    table = sales()[["sold"]].assign(same="x", name=[f"n{n}" for n in range(ROWS)])
    sentence = refused(tmp_path, table)
    assert "no column can be a feature (same: the same in all rows)" in sentence


def test_paths_that_hold_no_table(tmp_path: Path) -> None:
    assert "no such file or folder" in said(tmp_path, tmp_path / "none.csv", target="x")
    (tmp_path / "empty").mkdir()
    assert "holds no CSV and no Parquet" in said(tmp_path, tmp_path / "empty", target="x")
    (tmp_path / "table.xlsx").write_bytes(b"PK")
    assert "ends in neither .csv nor" in said(tmp_path, tmp_path / "table.xlsx", target="x")
    (tmp_path / "table.parquet").write_bytes(b"PAR0")
    assert "is not Parquet" in said(tmp_path, tmp_path / "table.parquet", target="x")
    (tmp_path / "table.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n")[:-9])
    assert "cannot be read" in said(tmp_path, tmp_path / "table.csv.gz", target="x")


def test_files_of_different_columns(tmp_path: Path) -> None:
    folder = samples.monthly(tmp_path)
    (folder / "2012-01.csv").write_text("time,bikers\n2012-01-01,3\n")
    with pytest.raises(UserError, match=r"its columns are not those of 2011-01\.csv") as error:
        new.guessed(new.Asked(folder, "bikers", "time"), "bikes", tmp_path / "scratch")
    assert "2012-01.csv" in str(error.value)


@pytest.mark.parametrize("name", ["Bikes", "my model", "2024-01", "bikes-", "räder", "a/b"])
def test_a_name_that_is_no_tag(name: str) -> None:
    with pytest.raises(UserError, match="is not a name for a model; choose small letters"):
        new.name_of(new.Asked(Path("table.csv"), "sold", name=name))


def test_a_name_is_made_of_the_files() -> None:
    assert new.name_of(new.Asked(Path("My Bikes_2011.csv.gz"), "sold")) == "my-bikes-2011"
