"""The report as files: written after the run, or rendered from the facts of another job."""

from pathlib import Path

from retrain.errors import UserError
from retrain.files import whole
from retrain.paths import FACTS, REPORT
from retrain.report.render import render
from retrain.report.schema import Facts
from retrain.settings import from_json

LARGEST = 5_000_000  # bytes


def write(facts: Facts) -> None:
    for path, content in ((FACTS, facts.model_dump_json(indent=2)), (REPORT, render(facts))):
        with whole(Path(path)) as scratch:
            scratch.write_text(content + "\n", "utf-8")


def discard() -> None:
    for path in (FACTS, REPORT):
        Path(path).unlink(missing_ok=True)


def read(path: Path) -> Facts:
    """Read facts that another job has collected, and that need not be trusted."""
    if not path.is_file():
        raise UserError(f"{path}: no such file; check the path")
    if path.stat().st_size > LARGEST:
        raise UserError(f"{path} is larger than {LARGEST:,} bytes: no facts of a run")
    return from_json(path.read_bytes(), Facts, path, "these are no facts of a run")
