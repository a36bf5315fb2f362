"""A check of params.yaml, before any stage runs and without data."""

from pipeline import metrics as own_metrics
from pipeline.params import read as read_params
from pipeline.train import build
from retrain.errors import reported, within
from retrain.metrics import own
from retrain.metrics.table import check_task


@reported
def main() -> None:
    params = read_params()
    build(params.train, params.task)
    with within("params.yaml: evaluate.metrics"):
        names = list(own.functions(params.evaluate.metrics, own_metrics, ()))
    for name in names:
        check_task(name, params.task, "params.yaml: evaluate.metrics: ")


if __name__ == "__main__":
    main()
