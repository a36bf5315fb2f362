"""`retrain ci …`: what the jobs of a forge call, one command a job or a step."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from retrain.ci.event import Event

app = typer.Typer(
    help="What the jobs of a forge call: they read the event that started them.",
    no_args_is_help=True,
)


@app.command()
def plan() -> None:
    """Say which job comes next: train, land or none (the output `next`)."""
    from retrain.ci import provider, summary
    from retrain.ci.decide import decide
    from retrain.report.render.markdown import text

    with summary.refusals():
        event = provider.events().event()
        _isolate(event, run=False)
        decision = decide(event)
        print(f"next: {decision.next}; {decision.why}")
        provider.job().output(next=decision.next)
        provider.job().summarize(f"**Next: {decision.next}.** {text(decision.why, 1000)}")
        provider.job().report()


@app.command()
def train() -> None:
    """Build what the event asks for, judge it and report; write nothing anywhere else."""
    from retrain.ci import provider, summary
    from retrain.ci.building import build
    from retrain.cli import output

    with summary.refusals():
        if not _asked_for("train"):
            return
        event = provider.events().event()
        _isolate(event)
        try:
            verdict = build(event)
        finally:
            provider.job().report()
    output.verdict(verdict, as_json=False)
    if verdict and verdict.verdict == "block":
        raise typer.Exit(1)


@app.command()
def build() -> None:
    """Build and judge what is to land, and leave it in candidate/ (the output: its hash)."""
    from retrain.ci import provider, summary
    from retrain.ci.landing import build

    with summary.refusals():
        if not _asked_for("land"):
            return
        event = provider.events().event()
        _isolate(event)
        try:
            found = build(event)
        finally:
            provider.job().report()
        provider.job().output(candidate=found)


@app.command()
def land(
    folder: Annotated[Path, typer.Argument(help="What `build` has left.")] = Path("candidate"),
) -> None:
    """Land what was built, or prepare a proposal of it (the output `proposal`)."""
    from retrain.ci import provider, summary
    from retrain.ci.doctor import doctor
    from retrain.ci.landing import land

    with summary.refusals():
        if not _asked_for("land"):
            return
        if (done := land(provider.events().event(), folder)) is None:
            print(provider.NOT_ASKED.format("land"))
            return
        said, proposed = done
        print(said)
        provider.job().summarize(said)
        provider.job().output(proposal="true" if proposed else "")
    if lacking := doctor.note():
        print(lacking)
        provider.job().summarize(lacking)


@app.command()
def propose() -> None:
    """Open the request of the proposal that `land` has prepared, if any; close the older one."""
    from retrain.ci import provider, summary
    from retrain.ci.propose import propose

    with summary.refusals():
        said = propose(provider.events().event())
        print(said)
        provider.job().summarize(said)


@app.command()
def comment(
    folder: Annotated[
        Path, typer.Argument(help="Where the run's report is, or is put; need not exist.")
    ],
) -> None:
    """Post the report of a run below its change, if that still shows what was built."""
    from retrain.ci import provider, summary
    from retrain.ci.comment.review import comment

    with summary.refusals():
        said = comment(folder)
        print(said)
        provider.job().summarize(said)


def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON, for a program.")
    ] = False,
) -> None:
    """Say what of the set-up at GitHub or GitLab is missing, and how to add it; changes nothing.

    Asks with the token in RETRAIN_TOKEN, if there is one. Exit code 1: something is missing.
    """
    from retrain.ci.doctor import doctor

    found = doctor.examine()
    doctor.show(found, as_json)
    if found.missing:
        raise typer.Exit(1)


def _isolate(event: "Event", run: bool = True) -> None:
    """Fetch all that is read, and go on where there is no token; nothing, if that was done."""
    from retrain.ci import fetched, isolation

    if not isolation.isolated():
        (fetched.for_run if run else fetched.for_plan)(event)
        isolation.go_on()


def _asked_for(job: str) -> bool:
    """Tell whether the plan has named this job, and say so where it has not."""
    from retrain.ci import provider

    if provider.job().asked_for(job):
        return True
    print(provider.NOT_ASKED.format(job))
    provider.job().report()
    return False
