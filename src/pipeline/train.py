"""Stage `train`: fit the estimator that params.yaml names, save it, score the test window."""

import inspect
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pandas as pd
from sklearn.base import is_classifier, is_regressor
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from pipeline.features import CATEGORICAL, NUMERIC, OUTCOME
from pipeline.params import Train
from pipeline.params import read as read_params
from pipeline.paths import MODEL, PREDICTIONS, TEST, TRAIN
from pipeline.predict import CLASS_NAMES, window
from retrain.data import modelfile, partitions
from retrain.errors import UserError, is_near, reported, suggest
from retrain.metrics.table import Task


def estimator_class(name: str, task: Task) -> type[Any]:
    """Return the class of a dotted name such as `sklearn.linear_model.LogisticRegression`.

    Raises:
        UserError: if there is none.
    """
    module_name, _, class_name = name.rpartition(".")
    package = module_name.partition(".")[0]
    if not package:
        raise UserError(
            f"params.yaml: train.estimator {name}: the package is missing in the name; write it "
            "with its module, such as sklearn.linear_model.LogisticRegression"
        )
    if find_spec(package) is None:
        raise UserError(
            f"params.yaml: train.estimator {name}: the package {package} is not installed; add it "
            "to the group `pipeline` in pyproject.toml, then run: make lock train"
        )
    try:
        module = import_module(module_name)
    except ImportError:
        raise UserError(
            f"params.yaml: train.estimator {name} does not exist: no module {module_name!r}; "
            "write it with its module, such as sklearn.linear_model.LogisticRegression"
        ) from None
    found = getattr(module, class_name, None)
    if not inspect.isclass(found):
        names = getattr(module, "__all__", dir(module))
        known = [each for each in names if _is_of(getattr(module, each, None), task)]
        near = suggest(class_name, known or names)
        raise UserError(f"params.yaml: train.estimator {name} does not exist; {near}")
    return found


def _is_of(kind: Any, task: Task) -> bool:
    """Return whether a class may be an estimator of a task, before there is one of it."""
    has_classes = hasattr(kind, "predict_proba")
    return hasattr(kind, "fit") and has_classes == (task != "regression")


def check_task(name: str, estimator: Any, task: Task) -> None:
    """Raise a `UserError` unless an estimator is of the task."""
    other = "regressor" if task == "regression" else "classifier"
    if not (is_regressor(estimator) if task == "regression" else is_classifier(estimator)):
        raise UserError(
            f"params.yaml: train.estimator {name} is not a {other}, and the task is {task}; choose "
            f"a {other}, or set the task"
        )
    if task != "regression" and not hasattr(estimator, "predict_proba"):
        raise UserError(
            f"params.yaml: train.estimator {name} gives no probabilities; "
            "choose a classifier that has predict_proba"
        )


def build(params: Train, task: Task) -> Pipeline:
    """Return the unfitted model: columns CATEGORICAL and NUMERIC in, a prediction out.

    Raises:
        UserError: if the estimator does not exist, has no such argument, or is not of the task.
    """
    kind = estimator_class(params.estimator, task)
    signature = inspect.signature(kind).parameters.values()
    takes_any = any(each.kind is each.VAR_KEYWORD for each in signature)  # XGBoost, LightGBM
    known = {each.name for each in signature} | {*(kind().get_params() if takes_any else ())}
    for argument in params.arguments:
        # what takes any would train with a misspelt one in silence
        if argument not in known and (not takes_any or is_near(argument, known)):
            near = suggest(argument, [*known, *Train.model_fields])
            raise UserError(
                f"params.yaml: train.{argument} is not an argument of {kind.__name__}; {near}"
            )
    try:
        estimator = kind(**params.arguments)
    except TypeError as error:  # an estimator made of others
        raise UserError(
            f"params.yaml: train.estimator {params.estimator}: {error}; choose another "
            "one, or give it what it needs"
        ) from None
    check_task(params.estimator, estimator, task)
    numbers: list[tuple[str, Any]] = []
    if params.impute != "none":
        numbers.append(("impute", SimpleImputer(strategy=params.impute)))
    if params.scale:
        numbers.append(("scale", StandardScaler()))
    categories = (
        OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        if params.encode == "onehot"
        # -1 for an unknown airline: histogram boosting takes it for a missing value
        else OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    )
    columns = ColumnTransformer(
        [
            ("words", categories, CATEGORICAL),
            ("numbers", Pipeline(numbers) if numbers else "passthrough", NUMERIC),
        ],
        verbose_feature_names_out=False,
    )
    # as a frame, so that params.yaml can name columns (categorical_features)
    columns.set_output(transform="pandas")
    return Pipeline([("columns", columns), ("estimator", estimator)])


def fit(model: Pipeline, table: pd.DataFrame, threads: int) -> Pipeline:
    """Fit `model` to features and the column `outcome`; equal inputs give equal models.

    BLAS gets one thread and OpenMP `threads`, whatever the machine has: the order in which they add
    up decides the last bits.

    Raises:
        UserError: if there is only one class, or scikit-learn refuses a parameter or the data.
    """
    if table["outcome"].nunique() < 2:
        raise UserError(
            f"{TRAIN}/: column 'outcome' is the same for all {len(table):,} rows, so there is "
            f"nothing to learn; look at {OUTCOME.name} in data/, and at `outcome` in src/pipeline/"
            "features.py"
        )
    try:
        with threadpool_limits({"openmp": threads, "blas": 1}):
            return model.fit(table[CATEGORICAL + NUMERIC], _target(model, table["outcome"]))
    except (ValueError, TypeError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        remedy = "set train.impute" if "NaN" in reason else "correct it"
        raise UserError(f"params.yaml, section train: {reason}; {remedy}") from None


def _target(model: Pipeline, outcome: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the outcome as the estimator takes it: XGBoost wants classes as 0, 1, 2, ...

    The model then keeps their names, see `predict.columns_of`.
    """
    is_text = outcome.dtype.kind not in "bf"
    if not is_text or not type(model[-1]).__module__.startswith("xgboost"):
        return outcome
    numbers, names = pd.factorize(outcome, sort=True)
    setattr(model, CLASS_NAMES, [str(name) for name in names])
    return pd.Series(numbers, outcome.index)


@reported
def main() -> None:
    chosen = read_params()
    params = chosen.train
    model = build(params, chosen.task)
    columns = [*CATEGORICAL, *NUMERIC, "outcome"]
    table = pd.concat([partitions.read(path, columns) for path in partitions.paths(TRAIN)])
    print(f"fitting {params.estimator} to {len(table):,} rows", file=sys.stderr, flush=True)
    modelfile.save(fit(model, table, params.threads), MODEL, params.trusted)
    partitions.write(window(model, partitions.paths(TEST)), PREDICTIONS)


if __name__ == "__main__":
    main()
