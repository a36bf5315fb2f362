"""Tables as people keep them: values by their kind, and what is wrong by file, column and row."""

import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retrain.data import read_tables
from retrain.data.read_tables import ISO, TIME, ZONED, Form
from retrain.errors import UserError

SCHEMA = pa.schema([("name", pa.string()), ("size", pa.float64()), ("number", pa.int64())])


def read(
    path: Path, schema: pa.Schema = SCHEMA, form: Form | None = None
) -> list[dict[str, object]]:
    return pa.concat_tables(read_tables.batches(path, schema, form or Form())).to_pylist()


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_values_of_a_csv(tmp_path: Path) -> None:
    text = (
        'other, name ,size,number\n1," a, b ",1.5,1\n2,NA,NA,2\n3,,true,3\n4,"two\nlines",-1e3,4\n'
    )
    assert read(written(tmp_path, text)) == [
        {"name": "a, b", "size": 1.5, "number": 1},
        {"name": "NA", "size": None, "number": 2},
        {"name": None, "size": 1.0, "number": 3},
        {"name": "two\nlines", "size": -1000.0, "number": 4},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_encodings_and_decimal_commas(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "größe;name\n1,5;ä\n-2;ö\n", encoding)
    schema = pa.schema([("größe", pa.float64()), ("name", pa.string())])
    form = Form(";", ",", encoding.removesuffix("-sig"))
    assert read(path, schema, form) == [{"größe": 1.5, "name": "ä"}, {"größe": -2.0, "name": "ö"}]


def test_values_of_parquet(tmp_path: Path) -> None:
    columns = {
        "name": pa.array(["a", None]).dictionary_encode(),
        "size": pa.array([True, None]),
        "number": pa.array([1, 2], pa.int8()),
        "day": pa.array([datetime.date(2024, 1, 2), None]),
    }
    pq.write_table(pa.table(columns), tmp_path / "table.parquet")
    schema = SCHEMA.append(pa.field("day", TIME))
    day = datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC)
    assert read(tmp_path / "table.parquet", schema) == [
        {"name": "a", "size": 1.0, "number": 1, "day": day},
        {"name": None, "size": None, "number": 2, "day": None},
    ]


def test_a_column_by_another_name(tmp_path: Path) -> None:
    schema = pa.schema([("given_key", pa.string())])
    path = written(tmp_path, "key,size\na,1\n")
    assert read(path, schema, Form(names={"given_key": "key"})) == [{"given_key": "a"}]


@pytest.mark.parametrize(
    ("text", "form", "moment"),
    [
        ("2024-02-29", ISO, "2024-02-29 00:00:00"),
        ("2024-02-29T13:05", ISO, "2024-02-29 13:05:00"),
        ("2024-02-29 13:05:07.123456", ISO, "2024-02-29 13:05:07.123000"),
        ("2024-02-30", ISO, None),
        ("2024-02-29T13:05+01:00", ISO, None),
        ("2024-02-29T13:05+01:00", ZONED, "2024-02-29 12:05:00"),
        ("2024-02-29 13:05Z", ZONED, "2024-02-29 13:05:00"),
        ("2024-02-29", ZONED, None),
        ("29.2.2024", "%d.%m.%Y", "2024-02-29 00:00:00"),
        ("30.2.2024", "%d.%m.%Y", None),
        ("29.2.24", "%d.%m.%Y", None),
        ("29.2.2024 1:05", "%d.%m.%Y", None),
        ("02/29/2024 01:05 PM", "%m/%d/%Y %I:%M %p", "2024-02-29 13:05:00"),
        ("2024-02", "%Y-%m", "2024-02-01 00:00:00"),
    ],
)
def test_times(text: str, form: str, moment: str | None) -> None:
    (found,) = read_tables.moments(pa.array([text]), form).to_pylist()
    assert (found and str(found.replace(tzinfo=None))) == moment


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("a,1,1\nb,big,2\n", "column 'size', row 2: 'big' is not a number; correct it"),
        ("a,1,1\nb,2,2.5\n", "column 'number', row 2: '2.5' is not a number; correct it"),
        ("a,1\n", "cannot be read (CSV parse error: Expected 3 columns, got 2: a,1)"),
    ],
)
def test_a_value_of_another_kind_is_named(tmp_path: Path, rows: str, sentence: str) -> None:
    path = written(tmp_path, f"name,size,number\n{rows}")
    with pytest.raises(UserError) as error:
        read(path)
    assert str(error.value).startswith(f"{path}: {sentence}")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="column 'size' is missing; did you mean 'sizes'"):
        read(written(tmp_path, "name,sizes,number\na,1,1\n"))


def test_files_of_two_kinds(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "b.parquet").write_text("x")
    with pytest.raises(UserError, match="holds CSV and Parquet files; keep one kind"):
        read_tables.files(tmp_path)
