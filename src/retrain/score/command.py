"""`retrain score`: the command, beside what it does, because the room of the commands is full."""

import json
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def score(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON, for a program.")
    ] = False,
) -> None:
    """Count the ML Test Score from the last results of `make test` and `make test-all`."""
    from retrain.score import marks, results, score, show

    found, people = results.read(), score.said()
    counted = score.count(marks.read(score.FILE.parent), found.tests, people)
    if as_json:
        print(json.dumps(show.as_json(counted, found.files), indent=2))
    else:
        show.show(counted, found.files)
    score.check(counted, people)
