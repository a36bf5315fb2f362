"""`retrain predict`: new rows scored, by a file or by what is deployed."""

from pathlib import Path
from typing import Annotated

import typer

from retrain.cli.contexts import Line
from retrain.errors import UserError
from retrain.paths import MODEL
from retrain.run import pipeline_modules

app = typer.Typer()


@app.command()
def predict(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="Rows: .parquet or .csv")],
    target: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Scores: .parquet or .csv")],
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"A model's file; else {MODEL}.")
    ] = None,
    stage: Annotated[
        str | None, typer.Option(metavar="STAGE", help="With the version that is there.")
    ] = None,
    version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="With a version, such as v1.2.0.")
    ] = None,
    shadow: Annotated[
        str | None,
        typer.Option(metavar="STAGE", help="Also with what is there, in columns of its own."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--log", metavar="DIR", help="Keep inputs and scores there, by day."),
    ] = None,
    _line: Line = None,
) -> None:
    """Score new rows: with a file, or with a version, whatever is checked out."""
    if sum(each is not None for each in (model, stage, version)) > 1:
        raise UserError("name one of --model FILE, --stage STAGE, --version VERSION")
    file = model or Path(MODEL)
    if not (stage or version or shadow or folder):
        raise typer.Exit(pipeline_modules.run("predict", source, target, "--model", file))
    from retrain.deployment import serving

    done = serving.predict(source, target, serving.Asked(stage, version, file, shadow, folder))
    print(f"{done.target}: {done.rows:,} rows scored by {done.said.by}")
    if done.log:
        print(f"{done.log}: kept")
