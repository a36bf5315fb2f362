"""What the gate reads: each column, right and wrong, in a sentence that names it and the remedy."""

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retrain.gate.tables import ContractError, judged, predictions, task_of

PREDICTED = {"key": ["a", "b"], "outcome": [True, False], "score": [0.0, 1.0]}
JUDGED = {"key": ["a", "b"], "day": ["2013-06-29", "2013-06-30"], "outcome": [True, None]}
EMPTY = pa.array([None, None], pa.null())


def parquet(columns: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def without(columns: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: values for each, values in columns.items() if each != name}


def refused(error: pytest.ExceptionInfo[ContractError]) -> str:
    assert "\n" not in str(error.value)
    return str(error.value)


# ---- a run's predictions


def test_predictions_are_three_columns_whatever_stands_beside_them() -> None:
    found = predictions(parquet(PREDICTED | {"day": [1, 2], "kind": EMPTY}))
    assert found.to_dict("list") == PREDICTED
    assert predictions(parquet(dict(reversed(PREDICTED.items())))).equals(found)


@pytest.mark.parametrize(
    "columns",
    [
        {"key": pa.array(["a", "b"], pa.large_string())},
        {"score": pa.array([0, 1], pa.float32())},
    ],
    ids=["large_string", "float32"],
)
def test_a_type_of_another_width_will_do(columns: dict[str, Any]) -> None:
    assert predictions(parquet(PREDICTED | columns)).to_dict("list") == PREDICTED


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("key", [1, 2], "is int64; write text that names a row"),
        ("key", EMPTY, "is null; write text that names a row"),
        ("key", ["a", None], "is empty in 1 rows; write text that names a row"),
        ("outcome", [1, 0], "is int64; write true or false, text, or a number"),
        ("outcome", [True, None], "is empty in 1 rows; write true or false, text, or a number"),
        ("score", ["0.1", "0.2"], "is string; write a number"),
        ("score", [0, 1], "is int64; write a number"),
        ("score", [None, 0.1], "is empty in 1 rows; write a number"),
    ],
)
def test_a_column_of_predictions_of_another_type_or_empty(
    column: str, values: Any, message: str
) -> None:
    with pytest.raises(ContractError) as error:
        predictions(parquet(PREDICTED | {column: values}))
    assert refused(error) == f"predictions/test.parquet: column {column!r} {message}"


@pytest.mark.parametrize("column", PREDICTED)
def test_a_column_of_predictions_that_is_missing(column: str) -> None:
    with pytest.raises(ContractError) as error:
        predictions(parquet(without(PREDICTED, column)))
    missing = "predictions/test.parquet has the predictions none; of the task binary"
    named = f"predictions/test.parquet has no column {column!r}; write "
    assert refused(error).startswith(missing if column == "score" else named)


@pytest.mark.parametrize("score", [-1e-9, 1 + 1e-9, 1e15, float("inf"), float("nan")])
def test_a_score_is_a_probability(score: float) -> None:
    with pytest.raises(ContractError) as error:
        predictions(parquet(PREDICTED | {"score": [0.5, score]}))
    assert refused(error) == (
        f"predictions/test.parquet: 1 scores are not probabilities, the first {score:g} of the row "
        "'b'; correct what the model gives"
    )


def test_a_key_occurs_once() -> None:
    with pytest.raises(ContractError) as error:
        predictions(parquet(PREDICTED | {"key": ["a", "a"]}))
    assert refused(error) == (
        "predictions/test.parquet: 1 keys occur twice, such as 'a'; write a row once"
    )


@pytest.mark.parametrize("content", [b"", b"key,score\n", parquet(PREDICTED)[:-9]])
def test_what_is_not_parquet(content: bytes) -> None:
    with pytest.raises(ContractError) as error:
        predictions(content)
    assert refused(error).startswith("predictions/test.parquet cannot be read (")
    assert refused(error).endswith("); write Parquet")


def test_a_name_that_two_columns_have() -> None:
    columns = [*map(pa.array, PREDICTED.values()), pa.array([0.9, 0.1])]
    file = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, [*PREDICTED, "score"]), file)
    with pytest.raises(ContractError, match=r"^predictions/test.parquet cannot be read \("):
        predictions(file.getvalue())


def test_a_key_that_pandas_has_written_as_its_index_is_a_column() -> None:
    file = io.BytesIO()
    pd.DataFrame(PREDICTED).set_index("key").to_parquet(file)
    assert predictions(file.getvalue()).to_dict("list") == PREDICTED


# ---- the rows that judge, by trusted code


def rows(folder: Path, *months: dict[str, Any]) -> pd.DataFrame:
    """Return what is read of a file a month."""
    paths = [folder / f"2013-{number:02}.parquet" for number in range(6, 6 + len(months))]
    for path, columns in zip(paths, months, strict=True):
        path.write_bytes(parquet(columns))
    return judged(paths)


def test_rows_may_have_no_outcome(tmp_path: Path) -> None:
    found = rows(tmp_path, JUDGED)
    assert found[["key", "day"]].to_dict("list") == without(JUDGED, "outcome")
    assert found["outcome"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("task", "values"),
    [("binary", [True, None]), ("multiclass", ["a", None]), ("regression", [1.5, None])],
)
def test_the_outcome_says_the_task_also_where_some_are_not_known(
    tmp_path: Path, task: str, values: list[Any]
) -> None:
    found = rows(tmp_path, JUDGED | {"outcome": values})
    assert task_of(found) == task
    assert found["partition"].tolist() == ["2013-06", "2013-06"]


def test_months_follow_each_other(tmp_path: Path) -> None:
    july = {"key": ["c"], "day": ["2013-07-01"], "outcome": pa.array([None], pa.bool_())}
    found = rows(tmp_path, JUDGED, july)
    assert found["key"].tolist() == ["a", "b", "c"]
    assert found["outcome"].isna().tolist() == [False, True, True]
    assert found.index.tolist() == [0, 1, 2]


def test_slices_become_text_and_what_has_no_value_none(tmp_path: Path) -> None:
    slices = {"flag": [True, False], "number": [1, 2], "word": ["x", None]}
    found = rows(tmp_path, JUDGED | slices)
    assert [list(found[name].dropna()) for name in slices] == [["True", "False"], ["1", "2"], ["x"]]
    assert found["word"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("key", [1, 2], "is int64; write text that names a row"),
        ("key", ["a", None], "is empty in 1 rows; write text that names a row"),
        ("day", [1, 2], "is int64; write a date such as 2013-06-30, as text"),
        ("day", pd.to_datetime(JUDGED["day"]), "is timestamp[us]; write a date such as"),
        ("day", ["2013-06-30", None], "is empty in 1 rows; write a date such as"),
        ("outcome", [1, 0], "is int64; write true or false, text, or a number"),
    ],
)
def test_a_column_of_rows_of_another_type_or_empty(
    tmp_path: Path, column: str, values: Any, message: str
) -> None:
    with pytest.raises(ContractError) as error:
        rows(tmp_path, JUDGED | {column: values})
    assert refused(error).startswith(f"the rows of 2013-06: column {column!r} {message}")


@pytest.mark.parametrize("column", ["key", "outcome"])
def test_a_column_of_rows_that_is_missing(tmp_path: Path, column: str) -> None:
    with pytest.raises(ContractError) as error:
        rows(tmp_path, without(JUDGED, column))
    assert refused(error).startswith(f"the rows of 2013-06 has no column {column!r}; write ")


@pytest.mark.parametrize(
    "day", ["", "today", "30.6.2013", "2013-06", "2013-02-30", "2013-6-3", "2013-06-30T10:00"]
)
def test_a_day_is_a_date_that_sorts_as_text(tmp_path: Path, day: str) -> None:
    with pytest.raises(ContractError) as error:
        rows(tmp_path, JUDGED | {"day": ["2013-06-30", day]})
    assert refused(error) == f"the rows have the day {day!r}; write dates such as 2013-06-30"


def test_a_row_occurs_once_in_a_month_and_in_all_of_them(tmp_path: Path) -> None:
    with pytest.raises(ContractError) as error:
        rows(tmp_path, JUDGED | {"key": ["a", "a"]})
    assert refused(error).startswith("the rows of 2013-06: 1 keys occur twice, such as 'a'")
    with pytest.raises(ContractError) as error:
        rows(tmp_path, JUDGED, JUDGED | {"key": ["b", "c"]})
    assert refused(error).startswith("the rows of the test window: 1 keys occur twice, such as 'b'")


def test_rows_that_are_not_parquet(tmp_path: Path) -> None:
    (tmp_path / "2013-06.parquet").write_text("key,day,outcome\n")
    with pytest.raises(ContractError, match=r"^the rows of 2013-06 cannot be read \("):
        judged([tmp_path / "2013-06.parquet"])
