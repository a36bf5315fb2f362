"""`retrain trigger`: what monitoring, a service or an orchestrator starts."""

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
