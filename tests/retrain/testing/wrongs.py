"""What can be wrong with a model, by the test that finds it: what `small.built` is given."""

from time import process_time
from typing import Any

import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

from tests.retrain.testing.small import features, scores


def _beside_others(rows: pd.DataFrame) -> pd.DataFrame:
    return features(rows).assign(number=rows["number"] - rows["number"].mean())


def _by_type(rows: pd.DataFrame) -> pd.DataFrame:
    return features(rows).assign(number=rows["number"] * (rows["number"].dtype.kind == "i"))


def _with_id(rows: pd.DataFrame) -> pd.DataFrame:
    return features(rows).assign(number=rows["number"] + rows["id"].astype("int64"))


def _leaking(rows: pd.DataFrame) -> pd.DataFrame:
    return features(rows).assign(number=rows.get("y", rows["number"]) * 1.0)


def _skewed(model: Any, table: pd.DataFrame) -> pd.DataFrame:
    return scores(model, table.assign(number=table["number"] + 1))


def _slow(model: Any, table: pd.DataFrame) -> pd.DataFrame:
    until = process_time() + 0.5
    while process_time() < until:
        pass
    return scores(model, table)


def _shifted(judged: pd.DataFrame) -> pd.DataFrame:
    return judged.assign(score=judged["score"].mask(judged["word"] == "b", 0.2))


def _knowing(judged: pd.DataFrame, _: str) -> pd.DataFrame:
    truth = judged["outcome"].astype("float64") * 0.98 + 0.01
    return truth.rename("reference").to_frame()


WRONGS: dict[str, dict[str, Any]] = {
    "test_order_and_company_of_rows_do_not_matter": {"features": _beside_others},
    "test_a_columns_type_does_not_matter": {"features": _by_type},
    "test_an_identifier_does_not_matter": {"features": _with_id},
    "test_any_number_may_be_missing": {"estimator": LogisticRegression()},
    "test_any_word_may_be_unknown": {"encoder": OneHotEncoder(sparse_output=False)},
    "test_shuffled_outcomes_are_not_learned": {"features": _leaking},
    "test_a_tiny_sample_is_learned": {"estimator": DummyClassifier(strategy="prior")},
    "test_every_prediction_is_possible": {"judged": lambda table: table.assign(score=0.5)},
    "test_it_beats_the_reference": {"reference": _knowing},
    "test_prediction_equals_evaluation": {"service": _skewed},
    "test_highest_and_lowest_predictions_are_on_the_right_side": {
        "judged": lambda table: table.assign(score=1 - table["score"])
    },
    "test_no_slice_is_surely_worse_than_the_reference": {"reference": _knowing},
    "test_it_is_calibrated_in_every_slice": {"judged": _shifted},
    "test_scoring_is_not_much_slower_than_a_hundred_trees": {"service": _slow},
    "test_the_model_is_not_much_larger_than_its_training_data": {"size": 2**21},
}
