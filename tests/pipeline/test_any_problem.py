"""What holds for any problem that features.py and params.yaml define, on a few rows of data/."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline import features as f
from pipeline import predict, prepare, rows, train
from pipeline.params import Params
from retrain.data import modelfile, partitions
from retrain.gate.policy import Policy, check
from retrain.metrics.tasks import OUTCOMES, check_scores
from retrain.paths import POLICY
from retrain.run.problem import problem
from retrain.settings import read
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def raw(few: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(few.values(), ignore_index=True)


@pytest.fixture(scope="session")
def table(raw: pd.DataFrame, params: Params) -> pd.DataFrame:
    return prepare.transform(raw, params)


@pytest.fixture(scope="session")
def model(table: pd.DataFrame, params: Params) -> Any:
    return train.fit(train.build(params.train, params.task), table, params.train.threads)


def test_the_policy_fits_the_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    policy = read(Path(POLICY), Policy)
    check(policy, problem())
    assert policy.gate.blocks.column in ("key", *f.GROUPS, *f.SLICES)


def test_each_row_has_a_key_of_its_own_and_its_groups(raw: pd.DataFrame) -> None:
    keys = f.keys(raw)
    assert list(keys) == ["key", *f.GROUPS]
    assert keys["key"].is_unique
    assert keys.notna().all(axis=None)
    assert all(isinstance(value, str) for value in keys.iloc[0])


@pytest.mark.ml_test_score("Data 7")
@pytest.mark.ml_test_score("Monitor 5")
def test_features_are_finite_numbers_or_missing_and_texts(raw: pd.DataFrame) -> None:
    found = f.features(raw)
    assert list(found) == [*f.CATEGORICAL, *f.NUMERIC]
    assert not np.isinf(found[f.NUMERIC].to_numpy("float64")).any()


@pytest.mark.ml_test_score("Data 7")
def test_a_rows_features_depend_on_that_row_alone(raw: pd.DataFrame) -> None:
    alone = f.features(raw.iloc[[1]])
    pd.testing.assert_frame_equal(alone, f.features(raw).iloc[[1]])


@pytest.mark.ml_test_score("Data 4")
def test_the_outcome_is_no_feature() -> None:
    assert f.OUTCOME.name not in [*f.CATEGORICAL, *f.NUMERIC, *f.INPUTS.names]


def test_what_has_an_outcome_trains(raw: pd.DataFrame, table: pd.DataFrame, params: Params) -> None:
    assert len(table) == raw[f.OUTCOME.name].notna().sum()
    assert table["outcome"].dtype == OUTCOMES[params.task]
    assert table["outcome"].nunique() > 1


def test_every_row_has_a_value_of_each_slice_and_a_label_of_the_reference(
    table: pd.DataFrame,
) -> None:
    slices = f.slice_columns(table)
    assert list(slices) == f.SLICES
    assert slices.notna().all(axis=None)
    assert len(f.reference(table).dropna()) == len(table)


def test_rows_that_judge_are_those_of_the_test_window(
    raw: pd.DataFrame, table: pd.DataFrame, model: Any, params: Params, tmp_path: Path
) -> None:
    partitions.write(table, tmp_path / "features.parquet")
    window = predict.window(model, [tmp_path / "features.parquet"])
    found = rows.rows(raw, params)
    known = found[found["outcome"].notna()].reset_index(drop=True)
    known = known.astype({"outcome": OUTCOMES[params.task]})
    pd.testing.assert_frame_equal(known, window[list(known)], check_dtype=False)
    check_scores(window, params.task, "predictions")
    scores = predict.scores(model, table[[*f.CATEGORICAL, *f.NUMERIC]])
    pd.testing.assert_frame_equal(window[list(scores)], scores)


def test_no_row_trains_and_judges(data: Path, tmp_path: Path, params: Params) -> None:
    prepare.prepare(data, tmp_path / "features", params)
    parts = [
        pd.concat(map(partitions.read, partitions.paths(tmp_path / "features" / part)))
        for part in ("train", "test")
    ]
    assert all(len(part) for part in parts)
    assert not set(parts[0]["key"]) & set(parts[1]["key"])


@pytest.mark.ml_test_score("Infra 1")
def test_the_same_rows_give_the_same_model_to_the_byte(
    table: pd.DataFrame, params: Params, tmp_path: Path
) -> None:
    made = []
    for name in ("one.skops", "two.skops"):
        fitted = train.fit(train.build(params.train, params.task), table, params.train.threads)
        modelfile.save(fitted, tmp_path / name, params.train.trusted)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]


@pytest.mark.ml_test_score("Monitor 3")
def test_new_rows_get_the_scores_of_the_test_window(
    raw: pd.DataFrame, model: Any, tmp_path: Path
) -> None:
    source = tmp_path / "new.parquet"
    inputs = pa.Table.from_pandas(raw[f.INPUTS.names], f.INPUTS, preserve_index=False)
    partitions.write(inputs.to_pandas(), source, f.INPUTS)
    assert predict.predict(model, source, tmp_path / "scores.parquet") == len(raw)
    found = partitions.read(tmp_path / "scores.parquet")
    assert list(found) == predict.schema(model).names
    scores = predict.scores(model, f.features(raw))
    assert np.array_equal(found[list(scores)].to_numpy(), scores.to_numpy())
