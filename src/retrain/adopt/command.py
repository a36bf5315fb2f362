"""`retrain adopt`: the command, beside what it does, because the room of the commands is full."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def adopt(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="Of this repository.")],
    files: Annotated[
        list[Path] | None,
        typer.Option("--with", metavar="PATH", help="A file or folder that it reads; repeatable."),
    ] = None,
) -> None:
    """Put a notebook under an acceptance test, and say what of it is not fixed."""
    from retrain.adopt.adopt import adopt

    adopt(notebook, files or [])
