"""Stage `train`: fit the estimator that params.yaml names, save it, score the test window."""

import inspect
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from pipeline.features import CATEGORICAL, NUMERIC
from pipeline.params import Train
from pipeline.params import read as read_params
from pipeline.paths import MODEL, PREDICTIONS, TEST, TRAIN
from pipeline.predict import window
from retrain.data import modelfile, partitions
from retrain.errors import UserError, reported, suggest


def estimator_class(name: str) -> type[Any]:
    """Return the classifier of a dotted name such as `sklearn.linear_model.LogisticRegression`.

    Raises:
        UserError: if there is none, or it gives no probabilities.
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
        known = [each for each in names if hasattr(getattr(module, each, None), "predict_proba")]
        near = suggest(class_name, known or names)
        raise UserError(f"params.yaml: train.estimator {name} does not exist; {near}")
    if not hasattr(found, "predict_proba"):
        raise UserError(
            f"params.yaml: train.estimator {name} gives no probabilities; "
            "choose a classifier that has predict_proba"
        )
    return found


def build(params: Train) -> Pipeline:
    """Return the unfitted model: columns CATEGORICAL and NUMERIC in, probabilities out.

    Raises:
        UserError: if the estimator does not exist or has no such argument.
    """
    kind = estimator_class(params.estimator)
    known = inspect.signature(kind).parameters
    for argument in params.arguments:
        if argument not in known:
            near = suggest(argument, [*known, *Train.model_fields])
            raise UserError(
                f"params.yaml: train.{argument} is not an argument of {kind.__name__}; {near}"
            )
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
    return Pipeline([("columns", columns), ("estimator", kind(**params.arguments))])


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
            "nothing to learn; look at prepare.late_after in params.yaml and at arr_delay in data/"
        )
    try:
        with threadpool_limits({"openmp": threads, "blas": 1}):
            return model.fit(table[CATEGORICAL + NUMERIC], table["outcome"])
    except (ValueError, TypeError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        remedy = "set train.impute" if "NaN" in reason else "correct it"
        raise UserError(f"params.yaml, section train: {reason}; {remedy}") from None


@reported
def main() -> None:
    params = read_params().train
    model = build(params)
    columns = [*CATEGORICAL, *NUMERIC, "outcome"]
    table = pd.concat([partitions.read(path, columns) for path in partitions.paths(TRAIN)])
    print(f"fitting {params.estimator} to {len(table):,} rows", file=sys.stderr, flush=True)
    modelfile.save(fit(model, table, params.threads), MODEL, params.trusted)
    partitions.write(window(model, partitions.paths(TEST)), PREDICTIONS)


if __name__ == "__main__":
    main()
