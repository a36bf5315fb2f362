"""`retrain ci bundle`, `deploy`, `release`, `announce`: a click, one command a step."""

from pathlib import Path
from typing import Annotated

import typer

from retrain.paths import RELEASE

app = typer.Typer()
Folder = Annotated[Path, typer.Argument(help="Where a version's files are written.")]
FOLDER = Path(RELEASE)


@app.command()
def bundle(folder: Folder = FOLDER) -> None:
    """Check the deployment that is asked for, and write the files of its version into a folder."""
    from retrain.ci import job_summary, provider
    from retrain.ci.deploy import deploy_job
    from retrain.deployment.bundle import CARD

    with job_summary.refusals():
        wanted = provider.events().asked()
        version = deploy_job.prepare(wanted, folder)
        job_summary.say(f"Prepared for {wanted.stage}: `{version.tag}`.")
        provider.job().output(version=version.name)
        # above the button of those who approve
        provider.job().summarize((folder / CARD).read_text("utf-8"))


@app.command()
def deploy(folder: Folder = FOLDER) -> None:
    """Put on the stage what `bundle` has prepared, and make its files again."""
    from retrain.ci import job_summary, provider
    from retrain.ci.deploy import deploy_job

    with job_summary.refusals():
        done = deploy_job.carry_out(provider.events().asked(), folder)
        job_summary.say(done.said)
        provider.job().output(release="true" if done.releases else "")


@app.command()
def release(folder: Folder = FOLDER) -> None:
    """Release what was deployed to the last stage."""
    from retrain.ci import job_summary
    from retrain.ci.deploy import release_job

    with job_summary.refusals():
        for said in release_job.release(folder):
            job_summary.say(said)


@app.command()
def announce() -> None:
    """Tell those who serve of what was deployed, also where its release has failed."""
    from retrain.ci import job_summary
    from retrain.ci.deploy import release_job

    for said in release_job.announce():
        job_summary.say(said)
