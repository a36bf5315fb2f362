"""The rules of the house, held: who may import whom, and how long a file may be."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCE = ROOT / "src/retrain"
KEPT = {"ci", "registry", "drift", "forges"}
HALL = {"console", "errors", "files", "metrics", "modelfile", "settings"}
FLIGHT_WORDS = re.compile(
    r"\b(flights?|carriers?|(?<!REMOTE = \")origin|airports?|airlines?|arr_delay|dep(?:arture)?_|weather|tailnum)\b",
    re.IGNORECASE,
)


def imports(path: Path) -> Iterator[str]:
    """Yield the modules of this package that a file imports, dotted, without the package."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (
                name.name.removeprefix("retrain.")
                for name in node.names
                if name.name.startswith("retrain")
            )
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("retrain"):
            module = (node.module or "").removeprefix("retrain").removeprefix(".")
            yield from (f"{module}.{name.name}".removeprefix(".") for name in node.names)


def breaches(source: Path) -> list[str]:
    """Return each import that a rule forbids."""
    found = []
    for path in source.rglob("*.py"):
        room = path.relative_to(source).parts[0]
        for module in imports(path):
            target = module.split(".")[0]
            if room == "pipeline" and target not in HALL | {"pipeline"}:
                found.append(
                    f"{path.name} imports {module}: the pipeline may import the hall alone"
                )
            if room in KEPT and target == "pipeline":
                found.append(
                    f"{path.name} imports {module}: kept rooms meet the pipeline by its files"
                )
            if room.removesuffix(".py") in HALL and target not in HALL:
                found.append(f"{path.name} imports {module}: the hall imports no room")
    return found


def strangers(source: Path) -> list[str]:
    """Return each line of a kept room, or of the hall, that knows what a flight is."""
    kept = [
        path
        for path in source.rglob("*.py")
        if path.relative_to(source).parts[0].removesuffix(".py") in KEPT | HALL
    ]
    return [
        f"{path.name}: {line.strip()}"
        for path in kept
        for line in path.read_text().splitlines()
        if FLIGHT_WORDS.search(line)
    ]


def test_rooms_meet_as_the_floor_plan_says() -> None:
    assert breaches(SOURCE) == []


def test_kept_rooms_know_no_flight() -> None:
    assert strangers(SOURCE) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pipeline/train.py", "from retrain.ci import run\n"),
        ("pipeline/train.py", "import retrain.ci.github\n"),
        ("ci/run.py", "def f():\n    from pipeline import train\n"),
        ("drift/psi.py", "from pipeline.features import INPUTS\n"),
        ("errors.py", "from retrain.run.execution import run\n"),
    ],
)
def test_a_breach_is_seen(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    assert len(breaches(tmp_path)) == 1


@pytest.mark.parametrize(
    "line", ['SLICES = ["carrier"]', "by = rows.groupby('origin')", "# late flights"]
)
def test_a_stranger_is_seen(tmp_path: Path, line: str) -> None:
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/gate.py").write_text(f"{line}\n")
    assert len(strangers(tmp_path)) == 1


def test_only_the_contract_imports_great_expectations() -> None:
    users = [
        path.name
        for path in SOURCE.rglob("*.py")
        if "import great_expectations" in path.read_text()
    ]
    assert users == ["contract.py"]


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("retrain.cli.main", {"pandas", "dvc", "sklearn", "great_expectations"}),
        ("pipeline.evaluate", {"sklearn", "skops", "great_expectations", "dvc"}),
        ("pipeline.prepare", {"sklearn", "skops", "great_expectations", "dvc"}),
        ("pipeline.train", {"great_expectations", "dvc"}),
        ("retrain.run.execution", {"pandas", "sklearn", "great_expectations"}),
        # a plan needs the group `dvc` alone, and whoever renders a report needs less than that
        *[
            (f"retrain.ci.{name}", {"pandas", "numpy", "scipy", "sklearn", "pyarrow"})
            for name in ("plan", "base", "policy", "repository", "show", "commands")
        ],
        ("retrain.report.publish", {"pandas", "numpy", "dvc", "gto"}),
        # what lands has no package that a model is made with
        ("retrain.ci.landing", {"pandas", "numpy", "sklearn", "pyarrow", "pytest"}),
        ("retrain.ci.doctor.doctor", {"pandas", "numpy", "scipy", "sklearn", "pyarrow", "gto"}),
        # what posts a comment needs the group `forge`
        ("retrain.ci.comment.review", {"pandas", "numpy", "dvc", "gto", "sklearn"}),
        # the jobs that write nothing do not ask the forge, and one of them builds nothing either
        ("retrain.ci.decide", {"pandas", "numpy", "scipy", "pyarrow", "requests"}),
        ("retrain.ci.checkout", {"requests"}),
    ],
)
def test_nothing_heavy_is_imported_where_it_is_not_used(module: str, heavy: set[str]) -> None:
    code = f"import sys, json, {module}; print(json.dumps(sorted(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert heavy & set(json.loads(loaded.stdout)) == set()


def test_files_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("src", "tools", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 155
    }
    assert long == {}


def test_a_stage_depends_on_the_code_that_makes_its_outputs() -> None:
    """Every module that a stage imports from the pipeline is a dependency, or holds no results."""
    from retrain.settings import read_yaml

    without_results = {"params", "paths", "console", "errors", "files", "settings"}
    modules = {path.stem for path in SOURCE.rglob("*.py")} - without_results
    for name, stage in read_yaml((ROOT / "dvc.yaml").read_text())["stages"].items():
        named = {Path(dep).stem for dep in stage["deps"] if dep.endswith(".py")}
        parts = {
            part for dotted in imports(SOURCE / f"pipeline/{name}.py") for part in dotted.split(".")
        }
        assert parts & modules - {name} <= named, name
