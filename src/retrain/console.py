"""What a person sees: tables and progress. A pipe gets the same as plain text."""

import logging
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TextIO, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

# words that a table shows in colour, wherever they stand alone in a cell
STYLES = {
    "critical": "bold red",
    "warning": "yellow",
    "ran": "green",
    "up to date": "dim",
    "ok": "green",
    "missing": "bold red",
    "unknown": "dim",
    "promote": "bold green",
    "keep": "bold",
    "block": "bold red",
    "surely better": "bold green",
    "likely better": "green",
    "likely worse": "red",
    "surely worse": "bold red",
    "not clear": "dim",
}


def console(stream: TextIO | None = None) -> "Console":
    """Return a console for `stream` (stdout unless given); no colour in a pipe, and 160 columns."""
    from rich.console import Console  # here, because pipeline stages in a pipe never need it

    stream = stream or sys.stdout
    return Console(file=stream, width=None if stream.isatty() else 160, highlight=False)


def table(
    rows: Iterable[Sequence[object]],
    headers: Sequence[str],
    right: int | None = None,
    stream: TextIO | None = None,
) -> None:
    """Print a table; columns from number `right` on are figures, and stand to the right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    sheet = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        header_style="bold",
        show_header=any(headers),
    )
    for number, header in enumerate(headers):
        sheet.add_column(header, justify="left" if right is None or number < right else "right")
    for row in rows:  # Text, because a cell from the data may hold what rich takes for markup
        cells = map(str, row)
        sheet.add_row(*(Text(cell, STYLES.get(cell, "")) for cell in cells))
    console(stream).print(sheet)


def progress(items: Sequence[T], label: str) -> Iterator[T]:
    """Yield `items`: a bar for a person, a line every ten seconds and one at the end for a pipe."""
    if sys.stderr.isatty():
        from rich.progress import track

        yield from track(items, description=label, console=console(sys.stderr), transient=True)
        return
    printed = time.monotonic()
    for done, item in enumerate(items):
        if time.monotonic() - printed > 10:
            print(f"{label}: {done} of {len(items)}", file=sys.stderr, flush=True)
            printed = time.monotonic()
        yield item


def tell(line: str) -> None:
    console(sys.stderr).print(line, style="bold", markup=False)


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        tell(record.getMessage())


def show_log() -> None:
    """Print on stderr what the machine logs."""
    logger = logging.getLogger("retrain")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.handlers = [_Handler()]
