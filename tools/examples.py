"""Show each state of the report, made by real runs, in docs/examples/: `make examples`.

Everything happens in clones of this repository, against a bare remote of their own; ten minutes.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs/examples"
SOMEBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@localhost"), ("DATE", "2013-07-01T00:00Z"))
}


class Project:
    """A clone on a branch of its own."""

    def __init__(self, remote: Path, name: str) -> None:
        """Clone `remote` beside it."""
        self.folder = remote.with_name(name)
        self.name = name
        self.call("git", "clone", "-q", remote, self.folder, cwd=remote.parent)

    def call(self, *words: str | Path, cwd: Path | None = None, may_fail: bool = False) -> None:
        """Run a command with the clone's own code."""
        path = os.pathsep.join([str(ROOT / ".venv/bin"), os.environ["PATH"]])
        env = os.environ | SOMEBODY | {"PATH": path, "PYTHONPATH": str(self.folder / "src")}
        done = subprocess.run([str(word) for word in words], cwd=cwd or self.folder, env=env)  # noqa: S603
        if done.returncode and not may_fail:
            sys.exit(f"error: {self.name}: `{' '.join(map(str, words))}` failed, as said above")

    def edit(self, path: str, pattern: str, by: str) -> None:
        """Replace a pattern that a file has once."""
        file = self.folder / path
        text, found = re.subn(pattern, by, file.read_text("utf-8"))
        if found != 1:
            sys.exit(f"error: {path} has {pattern!r} {found} times; mend tools/examples.py")
        file.write_text(text, "utf-8")

    def judge(self) -> None:
        """Do what CI does with a pull request: run from the base's results, judge, report."""
        self.call("git", "add", "--all")
        self.call("git", "commit", "-q", "--allow-empty", "-m", self.name)
        self.call("retrain", "judge", may_fail=True)
        self.keep()

    def keep(self) -> None:
        """Put the report among the examples."""
        shutil.copyfile(self.folder / "report.md", TARGET / f"{self.name}.md")


def first(project: Project) -> None:
    """Nothing has ever landed."""
    project.call("retrain", "land")
    project.keep()


def unchanged(project: Project) -> None:
    """A change of words."""
    project.edit("README.md", r"\A# .*\n", "# Another title\n")
    project.judge()


def within_noise(project: Project) -> None:
    """A parameter that makes no difference."""
    project.edit("params.yaml", r"learning_rate: 0\.08", "learning_rate: 0.10")
    project.judge()


def own_results(project: Project) -> None:
    """A branch with a lock and reports of its own, and an easier policy."""
    project.edit("params.yaml", r"max_iter: 100", "max_iter: 60")
    project.edit("policy.yaml", r"tolerance: 0\.0005", "tolerance: 0")
    project.call("retrain", "run")
    project.judge()


def new_data(project: Project) -> None:
    """What happens at night: a month more."""
    project.call("retrain", "ingest")
    project.call("retrain", "land", "--propose")
    project.keep()


def broken_contract(project: Project) -> None:
    """A month in which an airport has another name, and some flights no distance."""
    project.call("dvc", "pull", "-q", "data.dvc")
    project.call(sys.executable, "-c", BREAK)
    project.call("dvc", "add", "-q", "data")
    project.judge()


BREAK = """
import pandas as pd
path = "data/2013-06.parquet"
rows = pd.read_parquet(path, dtype_backend="pyarrow")
rows.loc[rows.index % 5000 == 0, "origin"] = "PHL"
rows.to_parquet(path, index=False)
"""


def below_a_floor(project: Project) -> None:
    """A model that has hardly learned anything."""
    project.edit("params.yaml", r"max_iter: 100", "max_iter: 2")
    project.judge()


def failed(project: Project) -> None:
    """A parameter that scikit-learn refuses."""
    project.edit("params.yaml", r"max_iter: 100", "max_iter: -1")
    project.judge()


METRICS = "src/retrain/metrics.py"
CALIBRATION = (METRICS, r'( +"calibration_error": False,\n)', r'\1    "accuracy": True,\n')
VALUES = (
    METRICS,
    r"( +)values = \{\n",
    r"\1values = {\n\1    'accuracy': float(np.mean((score > 0.5) == outcome)),\n",
)


def new_metric(project: Project) -> None:
    """A metric that the base has not."""
    project.edit(*CALIBRATION)
    project.edit(*VALUES)
    project.judge()


def removed_metric(project: Project) -> None:
    """The other way round: the base has one more. The last one, because it lands."""
    project.edit(*CALIBRATION)
    project.edit(*VALUES)
    project.call("git", "commit", "-q", "--all", "-m", "a metric more")
    project.call("retrain", "land")
    project.call("git", "revert", "--no-edit", "HEAD~1")
    project.judge()


def not_comparable(project: Project) -> None:
    """The base's model is on no remote any more."""
    project.edit("params.yaml", r"learning_rate: 0\.08", "learning_rate: 0.10")
    lock = (project.folder / "dvc.lock").read_text("utf-8")
    model = re.findall(r"path: models/model.skops\n +hash: md5\n +md5: (\w+)", lock)[0]
    project.call("git", "rm", "-q", f"store/files/md5/{model[:2]}/{model[2:]}")
    project.judge()


STATES: list[Callable[[Project], None]] = [
    first, unchanged, within_noise, own_results, new_data, broken_contract, below_a_floor, failed,
    new_metric, not_comparable, removed_metric,
]  # fmt: skip


def main() -> None:
    """Make the examples that are named on the command line, or all."""
    asked = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="examples-") as scratch:
        remote = Path(scratch) / "remote.git"
        subprocess.run(["git", "clone", "-q", "--bare", ROOT, remote], check=True)  # noqa: S603, S607
        for state in STATES:
            name = state.__name__.replace("_", "-")
            if asked and name not in asked and name != "first":
                continue
            print(f"\n{name}: {state.__doc__}", flush=True)
            state(Project(remote, name))


if __name__ == "__main__":
    main()
