"""Another problem in place of the flights, as a user would put it there: tests/problems/."""

import re
import shutil
import subprocess
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
PROBLEMS = ROOT / "tests/problems"
WRITTEN = {
    "features.py": "src/pipeline/features.py",
    "source.py": "src/pipeline/source.py",
    "params.yaml": "params.yaml",
    "policy.yaml": "policy.yaml",
    "contract.json": "expectations/data.json",
    # a metric of its own, and what its source reads
    "metrics.py": "src/pipeline/metrics.py",
    "hours.csv.gz": "src/pipeline/hours.csv.gz",
}
# what goes with the flights, and the tests of what stays
DROPPED = (
    *("store/", "reports/", "docs/examples/", "data.dvc", "dvc.lock"),
    *(f"tests/{room}/" for room in ("e2e", "model", "problems", "project", "retrain", "toys")),
)
OWN_TESTS = re.compile(r"tests/pipeline/\w+/")  # the flights', or those of a user
# the plots of dvc.yaml that a task has
PLOTS = {"binary": ["ROC", "Precision and recall", "Calibration"], "regression": ["Calibration"]}


def swap(name: str, folder: Path) -> None:
    """Copy this repository into a new folder, with the problem `name` and without the flights."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    for path in filter(None, listed.stdout.split("\0")):
        if not (path.startswith(DROPPED) or OWN_TESTS.match(path)) and (ROOT / path).exists():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / path)
    for source in (PROBLEMS / name).iterdir():
        if source.name in WRITTEN:
            shutil.copy(source, folder / WRITTEN[source.name])
    _rename(folder, name)


def _rename(folder: Path, name: str) -> None:
    """Call the model in dvc.yaml by the problem, and leave the plots that its task has."""
    yaml, path = YAML(), folder / "dvc.yaml"
    content = yaml.load(path)
    task = yaml.load(folder / "params.yaml")["task"]
    content["plots"] = [each for each in content["plots"] if set(each) <= set(PLOTS.get(task, []))]
    content["artifacts"] = {name: {"path": "models/model.skops", "type": "model"}}
    yaml.dump(content, path)
