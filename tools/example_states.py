"""What happens to a project, so that its report is in each of the states that it can be in."""

import re
import sys
from collections.abc import Callable

from example_clone import Project


def first(project: Project) -> None:
    """Nothing has ever landed."""
    project.call("retrain", "land")
    project.keep()


def unchanged(project: Project) -> None:
    """A change of words."""
    project.edit("README.md", r"\A# .*\n", "# Another title\n")
    project.judge()


def not_clear(project: Project) -> None:
    """A parameter that makes no difference."""
    project.edit("params.yaml", r"learning_rate: 0\.08", "learning_rate: 0.10")
    project.judge()


def own_results(project: Project) -> None:
    """A branch with a lock and reports of its own, and an easier policy."""
    project.edit("params.yaml", r"max_iter: 100", "max_iter: 60")
    project.edit("policy.yaml", r"(change: \{confidence: )[\d.]+", r"\g<1>0.5")
    project.call("retrain", "run")
    project.judge()


def new_data(project: Project) -> None:
    """What happens at night: a month more."""
    project.call("retrain", "ingest")
    project.call("retrain", "land", "--propose")
    project.keep()


def broken_contract(project: Project) -> None:
    """A month with an unknown airport."""
    project.call("dvc", "pull", "-q", "data.dvc")
    project.call(sys.executable, "-c", BREAK)
    project.call("dvc", "add", "-q", "data")
    project.judge()


BREAK = """
import pyarrow as pa
import pyarrow.parquet as pq
path = "data/2013-06.parquet"
rows = pq.read_table(path)
places = rows["origin"].to_pylist()
places[::5000] = ["PHL"] * len(places[::5000])
rows = rows.set_column(rows.column_names.index("origin"), "origin", pa.array(places))
pq.write_table(rows, path, compression="zstd")
"""


def below_a_floor(project: Project) -> None:
    """A model that has hardly learned anything."""
    project.edit("params.yaml", r"max_iter: 100", "max_iter: 2")
    project.judge()


def failed(project: Project) -> None:
    """A parameter that scikit-learn refuses."""
    project.edit("params.yaml", r"max_iter: 100", "max_iter: -1")
    project.judge()


MORE = ("params.yaml", r"calibration_error\]", "calibration_error, accuracy]")


def new_metric(project: Project) -> None:
    """A metric that the base has not."""
    project.edit(*MORE)
    project.judge()


def removed_metric(project: Project) -> None:
    """The other way round: the base has one more. The last one, because it lands."""
    project.edit(*MORE)
    project.call("git", "commit", "-q", "--all", "-m", "a metric more")
    project.call("retrain", "land")
    project.call("git", "revert", "--no-edit", "HEAD~1")
    project.judge()


def not_comparable(project: Project) -> None:
    """The base's model is on no remote any more."""
    lock = (project.folder / "dvc.lock").read_text("utf-8")
    model = re.findall(r"path: models/model.skops\n +hash: md5\n +md5: (\w+)", lock)[0]
    project.call("git", "rm", "-q", f"store/files/md5/{model[:2]}/{model[2:]}")
    project.call("git", "commit", "-q", "-m", "a model is lost")
    project.call("git", "push", "-q", "origin", "main")
    project.edit("params.yaml", r"learning_rate: 0\.08", "learning_rate: 0.10")
    project.judge()


PROBLEMS = {
    "bikes": (r"max_iter: 100", "max_iter: 40"),
    "digits": (r"C: 0\.01", "C: 0.1"),
    "tumours": (r"n_estimators: 5", "n_estimators: 30"),
}


def another_problem(project: Project) -> None:
    """A change of a parameter, where the flights have been replaced by the problem of that name."""
    project.call("retrain", "land")
    project.edit("params.yaml", *PROBLEMS[project.name])
    project.judge()


STATES: list[Callable[[Project], None]] = [
    first, unchanged, not_clear, own_results, new_data, broken_contract, below_a_floor, failed,
    new_metric, not_comparable, removed_metric,
]  # fmt: skip
