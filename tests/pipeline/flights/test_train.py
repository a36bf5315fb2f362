"""Stage `train`: the estimator is whatever params.yaml names, and equal inputs give equal bytes."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from pipeline import params as p
from pipeline import train
from pipeline.features import CATEGORICAL, NUMERIC
from pipeline.predict import scores as predicted
from pipeline.prepare import prepare, transform
from retrain.data import modelfile, partitions
from retrain.errors import UserError
from tests.pipeline.flights.conftest import asked

SHIPPED = p.read(Path(__file__).with_name("params.yaml")).train
OURS = {name: getattr(SHIPPED, name) for name in p.Train.model_fields}
LINEAR = {
    "estimator": "sklearn.linear_model.LogisticRegression",
    "encode": "onehot",
    "impute": "median",
    "scale": True,
    "max_iter": 1000,
}
FOREST = {
    "estimator": "sklearn.ensemble.RandomForestClassifier",
    "impute": "median",
    "trusted": ["numpy.dtype", "sklearn.tree._tree.Tree"],
    "n_estimators": 20,
    "random_state": 1,
}
BOOSTED = {**SHIPPED.arguments, "max_iter": 20}
LIGHTGBM = {
    "estimator": "lightgbm.LGBMClassifier",
    "trusted": [
        "collections.OrderedDict",
        "lightgbm.basic.Booster",
        "lightgbm.sklearn.LGBMClassifier",
    ],
    "n_estimators": 20,
    "n_jobs": 1,
    "verbose": -1,
}
XGBOOST = {
    "estimator": "xgboost.XGBClassifier",
    "trusted": ["xgboost.core.Booster", "xgboost.sklearn.XGBClassifier"],
    "n_estimators": 20,
    "n_jobs": 1,
}
CLASSIFIERS = {
    "boosted": BOOSTED,
    "linear": LINEAR,
    "forest": FOREST,
    "lightgbm": LIGHTGBM,
    "xgboost": XGBOOST,
}


def section(**values: Any) -> p.Train:
    return p.Train(**{**OURS, **values})


@pytest.fixture(scope="session")
def table(small: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([transform(small[f"2013-0{month}"], asked()) for month in range(1, 6)])


@pytest.mark.ml_test_score("Infra 2")
@pytest.mark.parametrize("values", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_another_classifier_is_a_change_of_params_alone(
    tmp_path: Path, table: pd.DataFrame, values: dict[str, Any]
) -> None:
    chosen = section(**values)
    model = train.fit(train.build(chosen, "binary"), table, 1)
    modelfile.save(model, tmp_path / "model.skops", chosen.trusted)
    again = modelfile.load(tmp_path / "model.skops", chosen.trusted)
    scores = again.predict_proba(table[CATEGORICAL + NUMERIC])[:, 1]
    assert np.array_equal(scores, model.predict_proba(table[CATEGORICAL + NUMERIC])[:, 1])
    assert scores[table["outcome"]].mean() > scores[~table["outcome"]].mean() + 0.05


@pytest.mark.parametrize("name", ["boosted", "lightgbm", "xgboost"])
def test_three_classes_keep_their_names_in_the_file(
    tmp_path: Path, table: pd.DataFrame, name: str
) -> None:
    chosen = section(**CLASSIFIERS[name])
    parts = table.assign(outcome=np.where(table["outcome"], "late", table["origin"]))
    parts["outcome"] = parts["outcome"].replace("JFK", "EWR").astype("str")
    modelfile.save(
        train.fit(train.build(chosen, "multiclass"), parts, 1), tmp_path / "model", chosen.trusted
    )
    model = modelfile.load(tmp_path / "model", chosen.trusted)
    scores = predicted(model, parts[CATEGORICAL + NUMERIC])
    assert list(scores) == ["score_EWR", "score_LGA", "score_late"]
    assert scores.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)
    likeliest = scores.idxmax(axis=1).str.removeprefix("score_")
    assert (likeliest.to_numpy() == parts["outcome"].to_numpy()).mean() > 0.7


@pytest.mark.parametrize("name", ["lightgbm", "xgboost"])
def test_a_number_is_learned_by_the_same_packages(table: pd.DataFrame, name: str) -> None:
    values = {**CLASSIFIERS[name]}
    values["estimator"] = values["estimator"].replace("Classifier", "Regressor")
    miles = table.assign(outcome=table["distance"].astype("float64"))
    model = train.fit(train.build(section(**values), "regression"), miles, 1)
    scores = predicted(model, miles[CATEGORICAL + NUMERIC])
    assert list(scores) == ["score"]
    assert np.corrcoef(scores["score"], miles["distance"])[0, 1] > 0.9


@pytest.mark.parametrize("values", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_an_airline_never_seen_is_scored(table: pd.DataFrame, values: dict[str, Any]) -> None:
    model = train.fit(train.build(section(**values), "binary"), table, 1)
    unseen = table[CATEGORICAL + NUMERIC].head(3).assign(carrier="ZZ", dest="XXX")
    assert np.isfinite(model.predict_proba(unseen)).all()


def test_the_same_inputs_give_the_same_bytes_on_any_number_of_cores(
    tmp_path: Path, table: pd.DataFrame
) -> None:
    bytes_of = []
    for threads in (1, 2, os.cpu_count() or 1):
        with threadpool_limits(threads):
            model = train.fit(train.build(section(**BOOSTED), "binary"), table, 1)
        path = tmp_path / f"{len(bytes_of)}.skops"
        modelfile.save(model, path, SHIPPED.trusted)
        bytes_of.append(path.read_bytes())
    assert len(set(bytes_of)) == 1


@pytest.mark.ml_test_score("Infra 2")
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"estimator": "sklearn.ensemble.HistGradientBoosting"}, "does not exist; did you mean 'HistGradientBoosting"),
        ({"estimator": "sklearn.boosting.Best"}, "does not exist: no module 'sklearn.boosting'; write it"),
        ({"estimator": "LogisticRegression"}, "the package is missing in the name; write it with its module"),
        ({"estimator": "nowhere.Model"}, "the package nowhere is not installed; add it to the group"),
        ({"estimator": "sklearn.ensemble.RandomForest"}, "did you mean 'RandomForestClassifier'?"),
        ({"estimator": "sklearn.svm.LinearSVC"}, "gives no probabilities"),
        ({"estimator": "sklearn.metrics.roc_auc_score"}, "does not exist"),
        ({"learning_rat": 0.1}, "train.learning_rat is not an argument of HistGradientBoostingClassifier; did you mean 'learning_rate'"),
        ({"encod": "onehot"}, "did you mean 'encode'"),
        ({**XGBOOST, "lerning_rate": 0.1}, "did you mean 'learning_rate'"),
        ({**LIGHTGBM, "lerning_rate": 0.1}, "did you mean 'learning_rate'"),
        ({"estimator": "sklearn.ensemble.VotingClassifier"}, "missing 1 required positional argument: 'estimators'; choose"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_one_sentence(values: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError) as error:
        train.build(section(**values), "binary")
    assert str(error.value).startswith("params.yaml: train.")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**BOOSTED, "max_iter": -5}, "The 'max_iter' parameter of HistGradientBoostingClassifier must be an int in the range [1, inf). Got -5 instead"),
        ({**BOOSTED, "learning_rate": "fast"}, "'learning_rate'"),
        ({**LINEAR, "impute": "none"}, "contains NaN; set train.impute"),
    ],
)  # fmt: skip
def test_what_scikit_learn_refuses_is_one_sentence(
    table: pd.DataFrame, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError) as error:
        train.fit(train.build(section(**values), "binary"), table, 1)
    assert str(error.value).startswith("params.yaml, section train: ")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_one_class_is_nothing_to_learn(table: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="column 'outcome' is the same for all"):
        train.fit(train.build(SHIPPED, "binary"), table.assign(outcome=True), 1)


def test_the_months_that_judge_have_no_part_in_the_model(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data.parent)
    Path("params.yaml").write_text(Path(__file__).with_name("params.yaml").read_text())
    models, predictions = [], []
    june = Path("features/test/2013-06.parquet")
    for flip in (False, True):
        prepare(Path("data"), Path("features"), asked())
        table = partitions.read(june)
        partitions.write(table.assign(outcome=table["outcome"] ^ flip), june)
        train.main()
        models.append(Path("models/model.skops").read_bytes())
        predictions.append(partitions.read(Path("predictions/test.parquet")))
    assert models[0] == models[1]
    assert predictions[0]["score"].equals(predictions[1]["score"])
    assert (predictions[0]["outcome"] != predictions[1]["outcome"]).all()


@pytest.mark.parametrize("values", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_a_score_depends_on_its_row_alone(table: pd.DataFrame, values: dict[str, Any]) -> None:
    model = train.fit(train.build(section(**values), "binary"), table, 1)
    rows = table[CATEGORICAL + NUMERIC]
    with threadpool_limits(1):
        found = predicted(model, rows)
    assert predicted(model, rows).equals(found)
