"""What one step of a run leaves for the next ones: that it has begun, and why it has failed."""

from pathlib import Path

from retrain.errors import UserError
from retrain.paths import ERROR, RECORD, STARTED


def discard() -> None:
    """Remove what the previous run has left."""
    for path in (STARTED, RECORD, ERROR):
        Path(path).unlink(missing_ok=True)


def started() -> bool:
    return Path(STARTED).exists()


def failed(command: str) -> None:
    """Note that the command in the middle of a run has failed; a stage may have said why."""
    Path(RECORD).unlink(missing_ok=True)
    if not Path(ERROR).exists():
        note(UserError(f"`{command}` failed; its log says why"))


def note(error: UserError) -> None:
    """Keep why a step has failed, for the report."""
    Path(ERROR).parent.mkdir(parents=True, exist_ok=True)
    Path(ERROR).write_text(str(error), "utf-8")
