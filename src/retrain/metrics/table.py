"""The metrics that a model can be judged by: scikit-learn's, by the names of its scorers.

Their functions are in `retrain.metrics.functions`: a plan is made without numpy.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from retrain.errors import UserError

Task = Literal["binary", "multiclass", "regression"]
TASKS: tuple[Task, ...] = get_args(Task)

DIGITS = 5  # the last bits of a floating-point sum differ between machines: no change of the model
SHARE = (0.0, 1.0)
ANY = (-math.inf, math.inf)
NOT_NEGATIVE = (0.0, math.inf)


@dataclass(frozen=True)
class Metric:
    higher_is_better: bool
    tasks: tuple[Task, ...]
    domain: tuple[float, float]  # the values that a model can have
    # what has a unit, such as dollars, may be large or small: digits count, wherever the point is
    has_unit: bool = False

    def can_reach(self, floor: float) -> bool:
        """Return whether a model can be as good as a floor; as good as the best value, none is."""
        low, high = self.domain
        return low <= floor < high if self.higher_is_better else low < floor <= high

    def decimals(self, values: Iterable[float]) -> int:
        """Return to how many decimals to round values that are as large as the largest of these."""
        largest = max((abs(each) for each in values if math.isfinite(each)), default=0)
        return DIGITS - math.floor(math.log10(largest)) if self.has_unit and largest else DIGITS


def places(*values: float | None) -> int:
    """Return to how many decimals people read numbers: 0.5312, 32.12, 153,201 and 0.00123."""
    largest = max((abs(each) for each in values if each is not None), default=0)
    if 0 < largest < 0.01:
        return 2 - math.floor(math.log10(largest))
    return 4 if largest < 10 else max(0, 4 - math.floor(math.log10(largest)))


TABLE = {
    "roc_auc": Metric(True, ("binary",), SHARE),
    "average_precision": Metric(True, ("binary",), SHARE),
    "brier": Metric(False, ("binary",), SHARE),
    "log_loss": Metric(False, ("binary", "multiclass"), NOT_NEGATIVE),
    "calibration_error": Metric(False, ("binary",), SHARE),
    "accuracy": Metric(True, ("binary", "multiclass"), SHARE),
    "f1": Metric(True, ("binary",), SHARE),
    "f1_macro": Metric(True, ("multiclass",), SHARE),
    "roc_auc_ovr": Metric(True, ("multiclass",), SHARE),
    "mean_absolute_error": Metric(False, ("regression",), NOT_NEGATIVE, has_unit=True),
    "root_mean_squared_error": Metric(False, ("regression",), NOT_NEGATIVE, has_unit=True),
    "median_absolute_error": Metric(False, ("regression",), NOT_NEGATIVE, has_unit=True),
    "r2": Metric(True, ("regression",), (-math.inf, 1.0)),
}
# what says how good a model is without statistics; of a binary task its recall does
PLAIN: dict[Task, str] = {"multiclass": "accuracy", "regression": "mean_absolute_error"}


def names(task: Task) -> list[str]:
    return [name for name, metric in TABLE.items() if task in metric.tasks]


def check_task(name: str, task: Task, place: str, source: str = "") -> None:
    """Raise a `UserError` if a metric of the table is not of a task, which `source` has named."""
    if name in TABLE and task not in TABLE[name].tasks:
        raise UserError(
            f"{place}{name} does not exist for the task {task}{source}; choose from "
            f"{', '.join(names(task))}"
        )


def users_metric(higher_is_better: bool) -> Metric:
    """Return what is known of a metric that src/pipeline/metrics.py defines."""
    return Metric(higher_is_better, TASKS, ANY, has_unit=True)
