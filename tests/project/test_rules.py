"""The rules of the house, held: who may import whom, and how long a file may be."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrain.settings import read_yaml
from tests.conftest import ROOT

SOURCE = ROOT / "src"
FLIGHT_WORDS = re.compile(
    r"\b(flights?|carriers?|(?<!REMOTE = \")origin|airports?|airlines?|arr_delay|dep(?:arture)?_|weather|tailnum)\b",
    re.IGNORECASE,
)


def flight_words(machine: Path) -> list[str]:
    """Return each line of the machine that knows what a flight is."""
    return [
        f"{path.name}: {line.strip()}"
        for path in machine.rglob("*.py")
        for line in path.read_text().splitlines()
        if FLIGHT_WORDS.search(line)
    ]


def test_the_machine_knows_no_flight() -> None:
    assert flight_words(SOURCE / "retrain") == []


@pytest.mark.parametrize(
    "line", ['SLICES = ["carrier"]', "by = rows.groupby('origin')", "# late flights"]
)
def test_a_word_of_flights_is_seen(tmp_path: Path, line: str) -> None:
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/gate.py").write_text(f"{line}\n")
    assert len(flight_words(tmp_path)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pipeline/train.py", "from retrain.run import plan\n"),
        ("pipeline/train.py", "import retrain.ci.github\n"),
        ("retrain/run/plan.py", "def f():\n    from pipeline import train\n"),
        ("retrain/data/partitions.py", "from pipeline.features import INPUTS\n"),
        ("retrain/repo/git.py", "from retrain.run.plan import plan\n"),
        ("retrain/errors.py", "from retrain.repo.git import git\n"),
    ],
)
def test_an_import_that_breaks_a_contract_is_seen(tmp_path: Path, name: str, text: str) -> None:
    """That today's keep them is seen by `make lint`."""
    shutil.copytree(SOURCE, tmp_path / "src")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "src" / name).open("a") as file:
        file.write(text)
    linter = Path(sys.executable).with_name("lint-imports")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "src")}
    command = [linter, "--no-cache"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    assert " 0 broken" not in done.stdout
    assert "broken" in done.stdout


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
        ("retrain.cli.app", {"pandas", "dvc", "sklearn", "great_expectations"}),
        ("pipeline.evaluate", {"sklearn", "skops", "great_expectations", "dvc"}),
        ("pipeline.prepare", {"sklearn", "skops", "great_expectations", "dvc"}),
        ("pipeline.train", {"great_expectations", "dvc"}),
        ("retrain.run.execution", {"pandas", "sklearn", "great_expectations"}),
        # a plan needs the group `dvc` alone, and what renders a report needs less than that
        *[
            (f"retrain.{name}", {"pandas", "numpy", "scipy", "sklearn", "pyarrow"})
            for name in (
                *("run.plan", "repo.base", "gate.policy", "repo.dvc"),
                *("cli.output", "cli.local"),
            )
        ],
        ("retrain.report.publish", {"pandas", "numpy", "dvc", "gto"}),
        # what lands has no package that a model is made with
        ("retrain.ci.land_job", {"pandas", "numpy", "sklearn", "pyarrow", "pytest"}),
        ("retrain.ci.doctor.doctor", {"pandas", "numpy", "scipy", "sklearn", "pyarrow", "gto"}),
        # what posts a comment needs the group `forge`
        ("retrain.ci.cml.post_comment", {"pandas", "numpy", "dvc", "gto", "sklearn"}),
        # the jobs that write nothing do not ask the forge, and one of them builds nothing either
        ("retrain.ci.plan_job", {"pandas", "numpy", "scipy", "pyarrow", "requests"}),
        ("retrain.ci.checkout", {"requests"}),
    ],
)
def test_nothing_heavy_is_imported_where_it_is_not_used(module: str, heavy: set[str]) -> None:
    code = f"import sys, json, {module}; print(json.dumps(sorted(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert heavy & set(json.loads(loaded.stdout)) == set()


def test_files_and_rooms_are_no_larger_than_a_reader_wants() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("src", "tools", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 300
    }
    assert long == {}
    rooms = {path.parent for path in (SOURCE / "retrain").rglob("*.py")}
    sizes = {room: len([*room.glob("[!_]*.py")]) for room in rooms}
    assert {room for room, size in sizes.items() if not 2 <= size <= 12} == set()
    assert all((room / "__init__.py").read_text().startswith('"""') for room in rooms)


def imports(path: Path) -> Iterator[str]:
    """Yield the files of both packages that a file imports, from the top folder."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            for dotted in (
                node.module or "",
                *(f"{node.module}.{each.name}" for each in node.names),
            ):
                if (file := SOURCE / f"{dotted.replace('.', '/')}.py").is_file():
                    yield str(file.relative_to(ROOT))


def test_a_stage_depends_on_the_code_that_makes_its_outputs() -> None:
    """Every module that a stage imports is a dependency, or holds no results."""
    without_results = {"params", "paths", "console", "errors", "files", "settings"}
    for name, stage in read_yaml((ROOT / "dvc.yaml").read_text())["stages"].items():
        own = f"src/pipeline/{name}.py"
        makes = {each for each in imports(ROOT / own) if Path(each).stem not in without_results}
        assert {own, *makes} <= set(stage["deps"]), name
