"""`retrain ci …`: what the jobs of a forge call, one command a job or a step."""

from pathlib import Path
from typing import Annotated

import typer

from retrain.console import tell

app = typer.Typer(
    help="What the jobs of a forge call: they read the event that started them.",
    no_args_is_help=True,
)


@app.command()
def plan() -> None:
    """Say which job comes next: train, land or none (the output `next`)."""
    from retrain.ci.report.markdown import text
    from retrain.forges import github, job
    from retrain.forges.decide import decide

    with job.told():
        decision = decide(github.event())
        print(f"next: {decision.next}; {decision.why}")
        job.output(next=decision.next)
        job.summarize(f"**Next: {decision.next}.** {text(decision.why, 1000)}")
        job.summarize_report()


@app.command()
def train() -> None:
    """Build what the event asks for, judge it and report; write nothing anywhere else."""
    from retrain.ci import judged, repository, show
    from retrain.forges import github, job
    from retrain.forges.begin import begin, compared_with

    with job.told():
        event = github.event()
        begin(event)
        try:
            with repository.opened() as repo:
                verdict = judged.judged(repo, compared_with(event), tell, cause=event.cause)
        finally:
            job.summarize_report()
    show.verdict(verdict, as_json=False)
    if verdict and verdict.verdict == "block":
        raise typer.Exit(1)


@app.command()
def land() -> None:
    """Land what the event asks for, or prepare a proposal of it (the output `proposal`)."""
    from retrain.forges import github, job
    from retrain.forges.landing import land

    with job.told():
        try:
            said, proposed = land(github.event())
        finally:
            job.summarize_report()
        print(said)
        job.summarize(said)
        job.output(proposal="true" if proposed else "")


@app.command()
def propose() -> None:
    """Open the pull request of the proposal that `land` has prepared; close the older one."""
    from retrain.forges import github, job
    from retrain.forges.propose import propose

    with job.told():
        said = propose(github.event())
        print(said)
        job.summarize(said)


@app.command()
def artifact() -> None:
    """Say which artifact of the run holds its report (the output `id`), if one may be fetched."""
    from retrain.forges import job
    from retrain.forges.review import artifact

    with job.told():
        job.output(id=artifact())


@app.command()
def comment(
    folder: Annotated[Path, typer.Argument(help="Where that artifact was put; need not exist.")],
) -> None:
    """Post the report of a run below its pull request, if that still shows what was built."""
    from retrain.forges import job
    from retrain.forges.review import comment

    with job.told():
        said = comment(folder)
        print(said)
        job.summarize(said)
