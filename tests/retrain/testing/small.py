"""A small problem for the tests of behaviour, in its three tasks: sound, or wrong in one way."""

from operator import itemgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from retrain.metrics.functions import FUNCTIONS
from retrain.metrics.tasks import arrays
from retrain.testing import Built

ROWS = 1200
PRIMARY = {"binary": "log_loss", "multiclass": "log_loss", "regression": "mean_absolute_error"}
SEEN = ["word", "number"]
ENCODER = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)


def data(task: str) -> pd.DataFrame:
    """Return rows: `id`, `number` and `word`, which tell much of the outcome `y`."""
    chance = np.random.default_rng(7)
    number, word = chance.integers(0, 50, ROWS), chance.choice(["a", "b", "c"], ROWS)
    level = number / 10 + (word == "b") * 2 + chance.normal(0, 1, ROWS)
    outcome = {
        "binary": level > 3,
        "multiclass": np.array(["low", "middle", "high"])[np.digitize(level, [2, 4])],
        "regression": level,
    }
    names = [f"{name:04}" for name in range(ROWS)]
    return pd.DataFrame({"id": names, "number": number, "word": word, "y": outcome[task]})


def features(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"word": rows["word"], "number": rows["number"].astype("float64")})


def estimator(task: str) -> Any:
    kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    return kind(random_state=0, min_samples_leaf=10)


def scores(model: Any, table: pd.DataFrame) -> pd.DataFrame:
    if not hasattr(model, "classes_"):
        return pd.DataFrame({"score": model.predict(table)}, table.index)
    names = [f"score_{name}" for name in model.classes_]
    found = pd.DataFrame(model.predict_proba(table), table.index, names)
    return (
        found[names[1:]].set_axis(["score"], axis=1)
        if len(names) == 2 and model.classes_.dtype == bool
        else found
    )


def reference(judged: pd.DataFrame, task: str) -> pd.DataFrame:
    """Return the means by `word`."""
    truth = judged["outcome"].rename("reference")
    table = pd.get_dummies(truth, prefix="reference") if task == "multiclass" else truth.to_frame()
    return table.astype("float64").groupby(judged["word"]).transform("mean")


def built(folder: Path, task: str = "binary", **wrong: Any) -> Built:
    """Train in a folder. `wrong` replaces one of the functions above, or what it is given.

    `outcome` is made of the rows, of which `newest` are in the newest file; `encoder` and
    `estimator` are the model's, `service` scores where nothing is judged, and `judged` changes the
    predictions of the test window.
    """
    rows, made = data(task), wrong.get("features", features)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    older = ROWS - wrong.get("newest", ROWS // 2)
    rows[:older].to_parquet(folder / "data/2013-01.parquet")
    rows[older:].to_parquet(folder / "data/2013-02.parquet")

    def build(*_: object) -> Pipeline:
        encoded = ("word", wrong.get("encoder", ENCODER), ["word"])
        columns = ColumnTransformer([encoded], remainder="passthrough")
        return Pipeline(
            [("columns", columns), ("estimator", wrong.get("estimator") or estimator(task))]
        )

    def transform(raw: pd.DataFrame, _: object = None) -> pd.DataFrame:
        return made(raw).assign(key=raw["id"], outcome=wrong.get("outcome", itemgetter("y"))(raw))

    def fit(model: Pipeline, table: pd.DataFrame, _: int = 1) -> Any:
        return model.fit(table[SEEN], table["outcome"])

    model, window = fit(build(), transform(rows[::2])), rows[1::2].reset_index(drop=True)
    predicted = scores(model, transform(window)[SEEN])
    judged = window.rename(columns={"id": "key", "y": "outcome"})[["key", "outcome", "word"]]
    judged = wrong.get("judged", lambda table: table)(judged.join(predicted))
    simple = wrong.get("reference", reference)(judged, task)
    outcome, both, _ = arrays(judged.join(simple), "score", "reference")
    values = [{PRIMARY[task]: FUNCTIONS[PRIMARY[task]](outcome, score)} for score in both]
    settings = SimpleNamespace(
        task=task,
        train=SimpleNamespace(threads=1, estimator="boosting"),
        evaluate=SimpleNamespace(slices=["word"]),
    )
    found = Built(
        folder,
        SimpleNamespace(
            INPUTS=pa.schema([("id", pa.string()), ("number", pa.int64()), ("word", pa.string())]),
            OUTCOME=pa.field("y", pa.bool_()),
            CATEGORICAL=["word"],
            NUMERIC=["number"],
            features=made,
            keys=lambda rows: pd.DataFrame({"key": rows["id"]}),
        ),
        SimpleNamespace(read=lambda _: settings),
        SimpleNamespace(transform=transform, known_outcomes=lambda rows, _: rows["y"]),
        SimpleNamespace(build=build, fit=fit),
        SimpleNamespace(reference=lambda *_: (simple, ROWS // 2)),
        SimpleNamespace(scores=wrong.get("service", scores)),
        ["id"],
    )
    report = {"rows": {"train": ROWS // 2}, "model": values[0], "reference": values[1]}
    vars(found).update(model=model, predictions=judged, report=report)
    (folder / "models").mkdir(exist_ok=True)
    (folder / "models/model.skops").write_bytes(bytes(wrong.get("size", 1000)))
    (folder / "features/train").mkdir(parents=True, exist_ok=True)
    (folder / "features/test").mkdir(parents=True, exist_ok=True)
    for part in ("train", "test"):
        rows.to_parquet(folder / f"features/{part}/all.parquet")
    (folder / "policy.yaml").write_text(POLICY.replace("PRIMARY", PRIMARY[task]))
    return found


POLICY = """\
words: {rows: rows}
gate:
  primary: PRIMARY
  promote:
    change: {confidence: 0.975, margin: 0}
    data: {confidence: 0.8, margin: 0}
  metrics: {PRIMARY: {}}
  beats_reference: true
  blocks: {column: key, ordered: false}
  confidence: 0.95
  min_rows: 100
  min_rows_slice: 50
  behaviour: tests/model
  warns: [test_it_is_calibrated_in_every_slice]
versions: {major: []}
triggers: {pull_request: true, push: true, schedule: true, button: true, alarm: true}
stages: {production: {follows: false}}
deploy: {approvers: [], pages: false}
"""
