"""Prediction: the scores of evaluation to the bit, in batches, and no column guessed."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from pipeline import params as p
from pipeline import predict
from pipeline.features import INPUTS
from retrain.data import inputs, modelfile, partitions
from retrain.errors import UserError
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def model() -> Any:
    return modelfile.load(ROOT / "models/model.skops", p.read(ROOT / "params.yaml").train.trusted)


@pytest.fixture
def june(small: dict[str, pd.DataFrame]) -> pa.Table:
    return pa.Table.from_pandas(small["2013-06"].drop(columns="arr_delay"), INPUTS)


def written(table: pa.Table, path: Path) -> Path:
    if path.suffix == ".csv":
        pa.csv.write_csv(table, path)
    else:
        pq.write_table(table, path)
    return path


@pytest.mark.ml_test_score("Monitor 3")
@pytest.mark.parametrize("batch", [1_000, inputs.BATCH])
def test_the_test_window_gets_exactly_the_scores_of_evaluation(
    model: Any, tmp_path: Path, real_data: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(inputs, "BATCH", batch)
    evaluated = partitions.read(ROOT / "predictions/test.parquet").set_index("key")
    month = evaluated["day"].max()[:7]
    source, target = partitions.path_of(real_data, month), tmp_path / "scores.parquet"
    rows = predict.predict(model, source, target)
    scored = partitions.read(target).set_index("key")
    assert rows == len(scored) == len(partitions.read(source, ["flight"]))
    assert scored.loc[evaluated.index, "score"].equals(evaluated["score"])
    assert scored.loc[evaluated.index, "day"].equals(evaluated["day"])


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_csv_and_parquet_give_the_same_scores(
    model: Any, tmp_path: Path, june: pa.Table, suffix: str
) -> None:
    source = written(june, tmp_path / f"june{suffix}")
    predict.predict(model, source, tmp_path / "out.csv")
    predict.predict(model, written(june, tmp_path / "j.parquet"), tmp_path / "out.parquet")
    from_csv = pd.read_csv(tmp_path / "out.csv")
    assert from_csv["score"].tolist() == partitions.read(tmp_path / "out.parquet")["score"].tolist()
    assert list(from_csv) == predict.schema(model).names


def test_columns_may_come_in_any_order_with_or_without_the_outcome(
    model: Any, tmp_path: Path, small: dict[str, pd.DataFrame], june: pa.Table
) -> None:
    shuffled = small["2013-06"][["arr_delay", *reversed(INPUTS.names)]]
    shuffled.to_parquet(tmp_path / "shuffled.parquet")
    predict.predict(model, tmp_path / "shuffled.parquet", tmp_path / "a.parquet")
    predict.predict(model, written(june, tmp_path / "june.parquet"), tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_no_rows_give_no_scores(model: Any, tmp_path: Path, june: pa.Table) -> None:
    assert (
        predict.predict(
            model, written(june[:0], tmp_path / "none.parquet"), tmp_path / "out.parquet"
        )
        == 0
    )
    assert partitions.read(tmp_path / "out.parquet").empty


def replaced(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, values)


@pytest.mark.ml_test_score("Monitor 2")
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda t: t.drop_columns(["temp"]), "column 'temp' is missing; "),
        (lambda t: t.rename_columns([{"origin": "orign"}.get(n, n) for n in t.schema.names]), "column 'origin' is missing; did you mean 'orign'?"),
        (lambda t: t.append_column("gate", pa.array(["A"] * len(t))), "column 'gate' is unknown to the model (known are "),
        (lambda t: replaced(t, "hour", pa.array(["noon"] * len(t))), "column 'hour' "),
        (lambda t: replaced(t, "origin", pa.nulls(len(t), pa.string())), "'key' is empty in 601 rows; fill the columns that"),
        (lambda t: replaced(t, "distance", pa.nulls(len(t), pa.int16())), "column 'distance' has 601 empty values; fill them, or make it float64"),
        (lambda t: replaced(t, "temp", pa.array([float("inf")] * len(t))), "column 'temp' holds an infinite number"),
        (lambda t: replaced(t, "day", pa.array([31] * len(t), pa.int16())), "2013-6-31: no date"),
        (lambda t: replaced(t, "hour", pa.array([99] * len(t), pa.int16())), "columns 'hour' and 'minute' hold an impossible time of day"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_bad_column_is_one_sentence_and_nothing_is_written(
    model: Any, tmp_path: Path, june: pa.Table, damage: Any, said: str, suffix: str
) -> None:
    source, target = written(damage(june), tmp_path / f"in{suffix}"), tmp_path / "out.parquet"
    with pytest.raises(UserError) as error:
        predict.predict(model, source, target)
    assert str(error.value).startswith(f"{source}: ")
    assert said in str(error.value) or ("'hour'" in said and "CSV" in str(error.value))
    assert "\n" not in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == [source.name]


def test_a_time_without_a_zone_is_not_guessed(model: Any, tmp_path: Path, june: pa.Table) -> None:
    naive = replaced(june, "time_hour", june["time_hour"].cast(pa.timestamp("ms")))
    with pytest.raises(UserError, match="column 'time_hour' has no time zone; convert it to UTC"):
        predict.predict(model, written(naive, tmp_path / "in.parquet"), tmp_path / "out.csv")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("in.parquet", b"", "cannot be read"),
        ("in.parquet", b"no parquet at all", "cannot be read"),
        ("in.csv", b"", "cannot be read"),
        ("in.csv", None, "no such file"),
        ("in.xlsx", b"", "ends in neither .parquet nor .csv"),
    ],
)
def test_a_bad_file_is_one_sentence_and_nothing_is_written(
    model: Any, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    source = tmp_path / name
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(UserError, match=said):
        predict.predict(model, source, tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()


def test_a_failure_in_a_later_batch_leaves_the_old_output(
    model: Any, tmp_path: Path, june: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "BATCH", 100)
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    predict.predict(model, written(june, source), target)
    before = target.read_bytes()
    bad = june["temp"].to_pylist()
    bad[-1] = float("inf")
    with pytest.raises(UserError, match="infinite"):
        predict.predict(model, written(replaced(june, "temp", pa.array(bad)), source), target)
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "out.parquet"]


def test_a_name_that_occurs_twice_is_refused(model: Any, tmp_path: Path, june: pa.Table) -> None:
    lines = written(june, tmp_path / "june.csv").read_text().splitlines()
    twice = [f"{line},{line.split(',')[0]}" for line in lines]
    (tmp_path / "twice.csv").write_text("\n".join(twice))
    with pytest.raises(UserError, match="name occurs twice"):
        predict.predict(model, tmp_path / "twice.csv", tmp_path / "out.csv")


def test_the_input_is_not_overwritten(model: Any, tmp_path: Path, june: pa.Table) -> None:
    source = written(june, tmp_path / "june.csv")
    before = source.read_bytes()
    with pytest.raises(UserError, match="this is the input; name another file"):
        predict.predict(model, source, tmp_path / "../" / tmp_path.name / "june.csv")
    assert source.read_bytes() == before
