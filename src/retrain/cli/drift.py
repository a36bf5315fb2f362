"""`retrain drift`: has the world moved? `retrain replay`: does retraining pay?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrain.cli.contexts import Line
from retrain.cli.local import AsJson
from retrain.cli.output import print_json
from retrain.console import console, table
from retrain.paths import DRIFT, DRIFT_PAGE

if TYPE_CHECKING:
    from retrain.monitoring.schema import Drift

app = typer.Typer()
STATUS = {"none": 0, "alarm": 3, "too few": 4}  # exit codes; 1 is an error, 2 a wrong command line
SHOWN = 15  # features; the page has all
SAID = {"alarm": "an alarm", "none": "no alarm", "too few": "too few rows to say"}


@app.command()
def drift(
    current: Annotated[
        list[Path] | None,
        typer.Option("--current", metavar="FILES", help="Files, or folders such as a log."),
    ] = None,
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILES]", hidden=True)] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="VERSION", help="Else the version on the last stage, or the newest."),
    ] = None,
    _line: Line = None,
    as_json: AsJson = False,
) -> None:
    """Say whether what production sees is still what its model has learned from.

    Without files: what drift.seen of policy.yaml names. Writes drift.json and drift.html.

    Exit code 3: an alarm; 4: too few rows to say.
    """
    from retrain.files import whole
    from retrain.monitoring import page
    from retrain.monitoring.drift import examine

    found = examine([*(current or ()), *(more or ())], against)
    for name, text in (
        (DRIFT, found.drift.model_dump_json(indent=1)),
        (DRIFT_PAGE, page.render(found)),
    ):
        with whole(Path(name)) as scratch:
            scratch.write_text(f"{text}\n", "utf-8")
    _show(found.drift, as_json)
    raise typer.Exit(STATUS[found.drift.status])


@app.command()
def replay(
    through: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The last one to walk, such as 2013-12: the source may have it."
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--since", metavar="NAME", help="The first that a model serves; else half."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Walk the months again: never retrain, each time, on an alarm, or on a verdict?

    Builds each model beside this folder. Writes replay.md, replay.json and replay.svg.
    """
    from retrain.replay import replay as replays
    from retrain.replay import tables
    from retrain.repo import dvc
    from retrain.run.ingest import StoppedError

    with dvc.opened() as repo:
        try:
            found = replays.replay(repo, through or None, start or None)
        except StoppedError as stopped:
            raise typer.Exit(stopped.code) from None
    replays.write(found)
    print_json(found) if as_json else tables.show(found)


def _show(found: "Drift", as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    say = console().print
    rows = [
        (
            each.name,
            _figure(each.psi),
            _figure(each.ks),
            f"{each.missing:.1%}",
            f"{each.learned_missing:.1%}",
        )
        for each in found.features[:SHOWN]
    ]
    if rows:
        table(rows, ["feature", "PSI", "KS", "missing", "in training"], right=1)
    if found.alarms:
        table([(each.kind, each.what) for each in found.alarms], ["alarm", "because"])
    for note in found.notes:
        say(note, markup=False)
    since = f", {found.period}" if found.period else ""
    say(f"{SAID[found.status]}: {found.rows:,} rows{since}, against {found.against}", markup=False)
    if found.features:
        say(f"to look at: {DRIFT_PAGE}")


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
