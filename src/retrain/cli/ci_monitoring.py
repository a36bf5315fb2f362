"""`retrain ci monitor` and `alarm`: one command a job."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()
Folder = Annotated[Path, typer.Argument(help="What `monitor` leaves.")]
FOLDER = Path("drift")


@app.command()
def monitor(folder: Folder = FOLDER) -> None:
    """Look whether the world has moved, and leave what was found (the output `alarm`: its name)."""
    from retrain.ci import isolation, job_summary, provider

    with job_summary.refusals():
        if not isolation.isolated():
            from retrain.ci.monitor import look_job

            look_job.prepare(provider.events().watch())
        isolation.go_on()
        from retrain.ci.monitor import look_job

        found = look_job.look(folder, look_job.seen(provider.events().watch()))
        job_summary.say(look_job.summary(found))
        provider.job().output(alarm=found.cause if found.status == "alarm" else "")


@app.command()
def alarm(folder: Folder = FOLDER) -> None:
    """Start a retraining, if `monitor` has found an alarm and none is the answer to it already."""
    from retrain.ci import job_summary
    from retrain.ci.monitor import alarm_job

    with job_summary.refusals():
        job_summary.say(alarm_job.answer(folder))
