"""Where the pipeline's files are: what the stages and the readers of their results agree on."""

from pathlib import Path

DATA = Path("data")  # YYYY-MM.parquet, as ingested
SUITE = Path("expectations/data.json")
TRAIN = Path("features/train")  # YYYY-MM.parquet, the months that train
TEST = Path("features/test")  # YYYY-MM.parquet, the months that judge
MODEL = Path("models/model.skops")
PREDICTIONS = Path("predictions/test.parquet")

VALIDATION = Path("reports/validation.json")
METRICS = Path("reports/metrics.json")
SLICES = Path("reports/slices.json")
CURVES = Path("reports/curves")
