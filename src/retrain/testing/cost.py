"""What a prediction costs, as ratios that no machine's speed changes: time, and size."""

from collections.abc import Callable
from time import process_time

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from retrain.paths import MODEL
from retrain.testing.built import Built

SLOWER = 30  # scoring, than a hundred trees on as many rows and columns
LARGER = 10  # the model's file, than the table in memory from which it has learned
SMALL = 2**20  # bytes that any model may have


def test_scoring_is_not_much_slower_than_a_hundred_trees(built: Built) -> None:
    """Measure both side by side, so that neither a slow nor a busy machine changes anything."""
    chance, columns = np.random.default_rng(0), built.table.shape[1]
    rows = chance.normal(size=(len(built.table), columns))
    trees = HistGradientBoostingRegressor(max_iter=100, early_stopping=False)
    trees.fit(rows, chance.normal(size=len(rows)))
    with threadpool_limits(1):  # threads that wait for each other count too
        allowed = SLOWER * _seconds(lambda: trees.predict(rows))
        taken = _seconds(lambda: built.scored(built.table))
    # without figures: they would be other ones each time, in a verdict that is the same
    assert taken <= allowed, (
        f"scoring takes more than {SLOWER} times as long as a hundred trees of boosting do: choose "
        "a smaller model, or measure what your service can bear"
    )


def test_the_model_is_not_much_larger_than_its_training_data(built: Built) -> None:
    columns = len(built.features.NUMERIC) + len(built.features.CATEGORICAL)
    table = built.report["rows"]["train"] * columns * 8
    size = (built.root / MODEL).stat().st_size
    assert size <= max(SMALL, LARGER * table), (
        f"the model's file has {size / 2**20:.1f} MB, more than {LARGER} times the table that it "
        f"learned from ({table / 2**20:.1f} MB): it has learned rows by heart"
    )


def _seconds(work: Callable[[], object]) -> float:
    """Return the processor's time, in which other programs do not count: the best of three."""
    best = float("inf")
    for _ in range(3):
        start = process_time()
        work()
        best = min(best, process_time() - start)
    return best
