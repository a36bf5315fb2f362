"""The pipeline's computations in one process, with nothing around them.

What the pipeline is measured against: the same contract, split, features, model, metrics and files;
no DVC, no stages.

Usage: python benchmarks/plain.py FOLDER   (reads the repository's data/, writes into FOLDER)
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from pipeline import evaluate, predict, prepare, train, validate
from pipeline.params import read as read_params
from pipeline.paths import DATA, SUITE
from retrain.data import modelfile, partitions
from retrain.data.contract import Contract
from retrain.metrics.curves import curves
from retrain.metrics.functions import FUNCTIONS


def main() -> None:
    """Validate, prepare, train and evaluate."""
    output = Path(sys.argv[1])
    params = read_params()
    contract = Contract(SUITE)
    months = partitions.names(DATA)
    frames = {}
    failures = []
    for month in months:
        path = partitions.path_of(DATA, month)
        frames[month] = partitions.read(path)
        failures += contract.failures(frames[month], str(path), validate.parameters(month))
    (output / "validation.json").write_text(json.dumps([asdict(each) for each in failures]))
    if failures:
        sys.exit(f"{len(failures)} failures")

    split = params.prepare
    first, test_months = prepare.split(months, split.train_from or "", split.test_from or "")
    paths = {month: output / f"{month}.parquet" for month in months}
    tables = {}
    for month in months:
        tables[month] = prepare.transform(frames[month], params)
        partitions.write(tables[month], paths[month])

    table = pd.concat([tables[month] for month in first])
    model = train.fit(train.build(params.train, params.task), table, params.train.threads)
    modelfile.save(model, output / "model.skops", params.train.trusted)

    rows = predict.window(model, [paths[month] for month in test_months])
    partitions.write(rows, output / "predictions.parquet")
    parts = ([paths[month] for month in each] for each in (first, test_months))
    reference, _ = evaluate.reference(*parts, params.task)
    rows = rows.join(reference)
    functions = {name: FUNCTIONS[name] for name in params.evaluate.metrics}
    report = evaluate.compare(rows, functions)
    slices = evaluate.by_slice(rows, params.evaluate.slices, functions)
    (output / "metrics.json").write_text(json.dumps([report, slices]))
    outcome, score = rows["outcome"].to_numpy(), rows["score"].to_numpy()
    for name, curve in curves(outcome, score, params.task).items():
        curve.to_csv(output / f"{name}.csv", index=False)


if __name__ == "__main__":
    main()
