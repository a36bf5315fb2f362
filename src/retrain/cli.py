"""The command `retrain`: thin, one function a command; packages are imported where used."""

from pathlib import Path
from typing import Annotated

import typer

from retrain.ci import commands, credentials
from retrain.console import tell
from retrain.errors import reported
from retrain.forges import commands as forges

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
    from retrain.ci import base, repository, show
    from retrain.ci import run as runner
    from retrain.pipeline import params

    with repository.opened() as repo:
        params.read()  # a mistake in it is told before minutes of work, and not after
        start = base.resolve(ref).commit if ref else None
        result = runner.run(repo, tell, force, base=start, rebuild=bool(ref) and start is None)
    show.run(result, as_json)


@app.command()
def predict(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="Flights: .parquet or .csv")],
    target: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Scores: .parquet or .csv")],
    model: Annotated[Path, typer.Option(help="The model file.")] = Path("models/model.skops"),
) -> None:
    """Score new rows with the features that the model was trained on."""
    from retrain import modelfile
    from retrain.pipeline import params
    from retrain.pipeline import predict as predictor

    rows = predictor.predict(modelfile.load(model, params.read().train.trusted), source, target)
    print(f"{target}: {rows:,} rows scored")


@app.command()
def rows(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="A month of data/: .parquet")],
    target: Annotated[Path, typer.Argument(metavar="OUTPUT", help="The rows: .parquet")],
) -> None:
    """Say which rows of new data can be judged: key, day, outcome and slices."""
    from retrain.pipeline import params
    from retrain.pipeline import rows as judged

    found = judged.write(source, target, params.read().prepare.late_after)
    print(f"{target}: {found:,} rows")


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
    from retrain.ci import data, repository
    from retrain.pipeline import partitions, source
    from retrain.pipeline.paths import DATA

    with repository.opened() as repo:
        if Path(repository.DATA).exists():
            data.pull(repo)  # adding to half of the data would lose the other half
        added = source.ingest(DATA, through)
        repo.add(str(DATA))
    months = partitions.months(DATA)
    held = f"data/ holds {months[0]} to {months[-1]}"
    print(f"added {', '.join(added)}; {held}" if added else f"nothing new; {held}")


for command in (commands.plan, commands.gate, commands.report, commands.judge, commands.land):
    app.command()(command)
app.command()(forges.doctor)
app.add_typer(forges.app, name="ci")


@reported
def main() -> None:
    """Run the command line."""
    credentials.take()
    app(standalone_mode=True)
