"""A check of params.yaml, before any stage runs and without data."""

from pipeline import metrics as own_metrics
from pipeline.params import read as read_params
from pipeline.train import build
from retrain.errors import UserError, reported, within
from retrain.metrics import own, table


@reported
def main() -> None:
    params = read_params()
    build(params.train, params.task)
    with within("params.yaml: evaluate.metrics"):
        names = list(own.functions(params.evaluate.metrics, own_metrics, ()))
    for name in names:
        if name in table.TABLE and params.task not in table.TABLE[name].tasks:
            known = ", ".join(table.names(params.task))
            raise UserError(
                f"params.yaml: evaluate.metrics: {name} does not exist for the task {params.task}; "
                f"choose from {known}"
            )


if __name__ == "__main__":
    main()
