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
from pipeline.features import hour_of_day
from pipeline.params import read as read_params
from pipeline.paths import DATA, SUITE
from retrain.data import modelfile, partitions
from retrain.data.contract import Contract
from retrain.metrics import curves


def main() -> None:
    """Validate, prepare, train and evaluate."""
    output = Path(sys.argv[1])
    params = read_params()
    contract = Contract(SUITE)
    months = partitions.months(DATA)
    frames = {}
    failures = []
    for month in months:
        path = partitions.path_of(DATA, month)
        frames[month] = partitions.read(path)
        failures += contract.failures(frames[month], str(path), validate.parameters(month))
    (output / "validation.json").write_text(json.dumps([asdict(each) for each in failures]))
    if failures:
        sys.exit(f"{len(failures)} failures")

    first, test_months = prepare.split(months, params.prepare.train_from, params.prepare.test_from)
    paths = {month: output / f"{month}.parquet" for month in months}
    tables = {}
    for month in months:
        tables[month] = prepare.transform(frames[month], params.prepare.late_after)
        partitions.write(tables[month], paths[month])

    table = pd.concat([tables[month] for month in first])
    model = train.fit(train.build(params.train), table, params.train.threads)
    modelfile.save(model, output / "model.skops", params.train.trusted)

    rows = predict.window(model, [paths[month] for month in test_months])
    partitions.write(rows, output / "predictions.parquet")
    reference, _ = evaluate.base_rates([paths[month] for month in first])
    hours = pd.concat([hour_of_day(tables[month]) for month in test_months])
    rows["reference"] = hours.map(reference).to_numpy("float64")
    report = evaluate.compare(rows)
    slices = evaluate.by_slice(rows, params.evaluate.slices)
    (output / "metrics.json").write_text(json.dumps([report, slices]))
    for name, curve in curves(rows["outcome"].to_numpy(), rows["score"].to_numpy()).items():
        curve.to_csv(output / f"{name}.csv", index=False)


if __name__ == "__main__":
    main()
