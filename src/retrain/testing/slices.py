"""Whether the model serves every group of rows; corrected for the number of groups."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest

from retrain.data import partitions
from retrain.gate.compare import parts
from retrain.gate.difference import OTHER, Measured, Pair, alone, difference, paired
from retrain.metrics import own
from retrain.metrics.functions import Array, Floats
from retrain.metrics.table import ANY, Metric
from retrain.metrics.tasks import classes, score_columns
from retrain.testing.built import Built, label_of, truth_of

OFF = 0.1  # by how much a mean prediction may be off, in standard deviations of the outcome
MEAN = Metric(True, ("binary", "multiclass", "regression"), ANY, has_unit=True)


@pytest.mark.ml_test_score("Model 6")
def test_no_slice_is_surely_worse_than_the_reference(built: Built) -> None:
    gate, rows = built.policy.gate, _with_reference(built)
    functions = own.functions([gate.primary], own.load(), classes(rows))

    def measure(name: str, pairs: Sequence[Pair]) -> list[Measured]:
        return [pair.measured(functions[name]) for pair in pairs]

    pair = paired(rows, gate.blocks.column, gate.blocks.ordered)
    worse = [
        f"{part.slice} {part.value} ({part.primary.this:g}, the reference's {part.primary.other:g})"
        for part in parts(pair, rows[_named(built)], gate, measure)
        if part.primary.effect == "surely worse"
    ]
    assert not worse, f"{gate.primary} is surely worse than the reference's for {', '.join(worse)}"


def test_it_is_calibrated_in_every_slice(built: Built) -> None:
    """Hold the mean prediction to the mean outcome, of each class, in each slice of size."""
    gate, rows = built.policy.gate, built.predictions
    pair = alone(rows, gate.blocks.column, gate.blocks.ordered)
    slices = [
        (f"{name} {value}", (rows[name] == value).to_numpy())
        for name in _named(built)
        for value, number in sorted(rows[name].value_counts().items())
        if number >= gate.min_rows_slice
    ]
    columns = score_columns(rows)
    confidence = 1 - (1 - gate.confidence) / (len(slices) * len(columns) or 1)  # Bonferroni
    wrong = []
    for column in columns:
        truth = truth_of(rows["outcome"], column)
        each_class = replace(pair, this=rows[column].to_numpy("float64"), other=truth)
        most = OFF * float(truth.std())
        for name, chosen in slices:
            found = difference(each_class.subset(chosen).measured(_mean), MEAN, confidence)
            low, high = found.low, found.high
            if low is not None and high is not None and (low > most or high < -most):
                named = f"{name} {label_of(column)}".strip()
                wrong.append(f"{named} (mean {found.this:g}, outcome {found.other:g})")
    assert not wrong, f"the mean prediction is surely off for {', '.join(wrong)}"


def _mean(_: Array, values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _with_reference(built: Built) -> pd.DataFrame:
    """Return the test window with the predictions of the reference in columns OTHER."""
    train, test = (partitions.paths(built.root / "features" / part) for part in ("train", "test"))
    by_reference, _ = built.evaluate.reference(train, test, built.settings.task)
    columns = {name: OTHER + name.removeprefix("reference") for name in by_reference}
    return built.predictions.join(by_reference.rename(columns=columns))


def _named(built: Built) -> list[str]:
    names = list(built.settings.evaluate.slices)
    if not names:
        pytest.skip("params.yaml names no slices")
    return names
