"""`retrain drift` and `trigger`: has the world moved, and a training from any shell."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrain.cli.local import AsJson

if TYPE_CHECKING:
    from retrain.ci.monitor.trigger import Done

app = typer.Typer()


@app.command()
def trigger(
    reason: Annotated[str, typer.Option("--reason", help="Why: the report repeats it.")],
    parameters: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A parameter to override; repeatable."),
    ] = None,
    new_data: Annotated[bool, typer.Option("--new-data", help="Look for new data first.")] = False,
    propose: Annotated[
        bool, typer.Option("--propose", help="Open a pull request, and not a report only.")
    ] = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Print the run's address, and leave it.")
    ] = False,
    token_file: Annotated[
        Path | None,
        typer.Option(
            envvar="RETRAIN_TOKEN_FILE",
            metavar="FILE",
            help="Holds the token; else RETRAIN_TOKEN does.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Retrain at the forge of this repository, follow that run, and print its verdict."""
    from retrain.ci.monitor import trigger as triggers
    from retrain.cli import output
    from retrain.console import tell

    triggers.take_token(token_file)
    begun = triggers.start(reason, parameters or (), new_data, propose)
    if no_wait:
        output.print_json({"run": begun.run.url}) if as_json else print(begun.run.url)
        return
    tell(f"started: {begun.run.url}")
    done = triggers.follow(begun, tell)
    _show(done, as_json)
    if not done.run.succeeded:
        raise typer.Exit(1)


def _show(done: "Done", as_json: bool) -> None:
    from retrain.cli import output

    facts, verdict = done.facts, done.facts and done.facts.verdict
    if as_json:
        error = facts.error if facts else "the run has left no report"
        said = {"run": done.run.url, "state": done.run.state, "error": error, "verdict": verdict}
        output.print_json(said)
        return
    if facts is None or facts.error:
        print(facts.error if facts else "the run has left no report")
    elif verdict:
        output.verdict(verdict, as_json=False)
    elif not facts.needed:
        print("nothing to judge: no run was needed")
    print(f"{done.run.state}: {done.run.url}")


STATUS = {"none": 0, "alarm": 3, "too few": 4}  # exit codes; 1 is an error, 2 a wrong command line


@app.command()
def drift(
    current: Annotated[
        list[Path] | None,
        typer.Option("--current", metavar="FILES", help="Files, or folders such as a log."),
    ] = None,
    more: Annotated[list[Path] | None, typer.Argument(metavar="", hidden=True)] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="VERSION", help="Else the version on the last stage, or the newest."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether what production sees is still what its model has learned from.

    Without files: what drift.seen of policy.yaml names. Writes drift.json, and drift.html to look
    at. Exit code 3: an alarm; 4: too few rows to say.
    """
    from retrain.cli import show_drift
    from retrain.files import whole
    from retrain.monitoring import page
    from retrain.monitoring.drift import examine
    from retrain.paths import DRIFT, DRIFT_PAGE

    found = examine([*(current or ()), *(more or ())], against)
    for name, text in (
        (DRIFT, found.drift.model_dump_json(indent=1)),
        (DRIFT_PAGE, page.render(found)),
    ):
        with whole(Path(name)) as scratch:
            scratch.write_text(f"{text}\n", "utf-8")
    show_drift.drift(found.drift, as_json)
    raise typer.Exit(STATUS[found.drift.status])
