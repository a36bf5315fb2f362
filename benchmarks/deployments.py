"""The questions of deployments, on a long history, beside GTO's own answer: as ratios by turns."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
VERSIONS, ASSIGNMENTS = 200, 600
MAKE = (
    "import sys, pathlib; from tests.toys.history import make; "
    "make(pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))"
)
Run = Callable[..., tuple[float, float, str]]
Compared = Callable[[str, Sequence[float], Sequence[float], str], Any]


def deployments(folder: Path, pairs: int, run: Run, compared: Compared) -> list[Any]:
    """Measure in a folder of its own, which is made; see `judging` for the other arguments."""
    numbers = (str(VERSIONS), str(ASSIGNMENTS))
    run(ROOT, BIN / "python", "-c", MAKE, folder, *numbers)
    clone, retrain = folder / "clone", BIN / "retrain"
    at = ("--stage", "production", "--at", "2025-03-01T12:00", "--json")
    turns = []
    for _ in range(pairs + 1):
        theirs, _, _ = run(clone, BIN / "gto", "show", "--json")
        lineage, _, _ = run(clone, retrain, "lineage", *at)
        registry, _, _ = run(clone, retrain, "registry", "--json")
        turns.append((theirs, lineage, registry))
    theirs, lineages, registries = zip(*turns[1:], strict=True)
    where = f"{VERSIONS} versions, {ASSIGNMENTS} assignments"
    return [
        compared(f"lineage --at / gto show, {where}", lineages, theirs, "at most 1, below 2 s"),
        compared(f"registry / gto show, {where}", registries, theirs, "at most 1"),
    ]
