"""`retrain ci monitor` and `alarm`: one command a job."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()
Folder = Annotated[Path, typer.Argument(help="What `monitor` leaves.")]
FOLDER = Path("drift")


@app.command()
def alarm(folder: Folder = FOLDER) -> None:
    """Start a retraining, if `monitor` has found an alarm and none is the answer to it already."""
    from retrain.ci import job_summary
    from retrain.ci.monitor import alarm_job

    with job_summary.refusals():
        job_summary.say(alarm_job.answer(folder))
