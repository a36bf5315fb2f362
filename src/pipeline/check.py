"""A check of params.yaml and of names in features.py, before any stage runs and without data."""

from pipeline.features import CATEGORICAL, GROUPS, INPUTS, NUMERIC, OUTCOME, SLICES
from pipeline.params import FEATURES
from pipeline.params import read as read_params
from pipeline.train import build
from retrain.errors import UserError, reported, within
from retrain.metrics import own
from retrain.metrics.table import check_task
from retrain.metrics.tasks import is_score


def check_names() -> None:
    """Raise a `UserError` if features.py gives two columns of one table the same name."""
    rows = ["key", *GROUPS, "outcome"]
    for names in ([*rows, "earlier", *CATEGORICAL, *NUMERIC], [*rows, "partition", *SLICES]):
        for number, name in enumerate(names):
            if name in names[:number] or is_score(name):
                raise UserError(
                    f"{FEATURES}: {name!r} would name two columns; rename it in GROUPS, "
                    "CATEGORICAL, NUMERIC or SLICES"
                )
    if OUTCOME.name in INPUTS.names:
        raise UserError(
            f"{FEATURES}: {OUTCOME.name!r} is the outcome and one of INPUTS; take it out of INPUTS"
        )


@reported
def main() -> None:
    params = read_params()
    check_names()
    build(params.train, params.task)
    with within("params.yaml: evaluate.metrics"):
        names = list(own.functions(params.evaluate.metrics, own.load(), ()))
    for name in names:
        check_task(name, params.task, "params.yaml: evaluate.metrics: ")


if __name__ == "__main__":
    main()
