"""The command `retrain`: thin, one function a command; packages are imported where used."""

from pathlib import Path
from typing import Annotated

import typer

from retrain.cli import ci as forges
from retrain.cli import local
from retrain.console import show_log
from retrain.errors import reported
from retrain.paths import DATA
from retrain.repo import credentials
from retrain.run import modules

app = typer.Typer(
    help="Builds a machine-learning model from versioned code, data and parameters.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for a program.")]


@app.command()
def run(
    force: Annotated[
        bool, typer.Option("--force", help="Run every stage, changed or not.")
    ] = False,
    ref: Annotated[
        str | None,
        typer.Option(
            "--base",
            metavar="REF",
            help="Start from the results of where this commit left REF, and not from those here.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the pipeline: what changed since the last run, or everything if there is no model."""
    from retrain.cli import output
    from retrain.repo import base, dvc
    from retrain.run import execution as runner

    with dvc.opened() as repo:
        result = runner.run(repo, force, base.resolve(ref) if ref else None)
    output.run(result, as_json)


@app.command()
def predict(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="Rows: .parquet or .csv")],
    target: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Scores: .parquet or .csv")],
    model: Annotated[Path, typer.Option(help="The model file.")] = Path("models/model.skops"),
) -> None:
    """Score new rows with the features that the model was trained on."""
    raise typer.Exit(modules.run("predict", source, target, "--model", model))


@app.command()
def ingest(
    through: Annotated[
        str | None,
        typer.Option(
            metavar="MONTH", help="The last month to add, such as 2013-07; else the next one."
        ),
    ] = None,
) -> None:
    """Add new months from the source to data/, and their version to data.dvc."""
    from retrain.repo import dvc, snapshot

    with dvc.opened() as repo:
        if Path(DATA).exists():
            snapshot.pull(repo)  # adding to half of the data would lose the other half
        if code := modules.run("source", *(("--through", through) if through else ())):
            raise typer.Exit(code)
        repo.add("data")


for command in (local.plan, local.gate, local.report, local.judge, local.land):
    app.command()(command)
app.command()(forges.doctor)
app.add_typer(forges.app, name="ci")


@reported
def main() -> None:
    """Run the command line."""
    credentials.take()
    show_log()
    app(standalone_mode=True)
