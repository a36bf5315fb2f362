"""`retrain ci …`: what the jobs of a forge call, one command a job or a step."""

import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrain.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

app = typer.Typer(
    help="What the jobs of a forge call: they read the event that started them.",
    no_args_is_help=True,
)


@app.command()
def plan() -> None:
    """Say what comes next: build, land (which builds first) or none (the output `next`)."""
    from retrain.ci import fetched, provider, summary
    from retrain.ci.decide import decide
    from retrain.report.render.markdown import text

    with summary.refusals():
        event = provider.events().event()
        _isolate(lambda: fetched.for_plan(event))
        decision = decide(event)
        print(f"next: {decision.next}; {decision.why}")
        provider.job().output(next=decision.next)
        provider.job().summarize(f"**Next: {decision.next}.** {text(decision.why, 1000)}")
        provider.job().report()


@app.command()
def start() -> None:
    """Fetch what a run reads, and prepare the folder, so that `dvc repro` builds what it must."""
    from retrain.ci import building, fetched, provider
    from retrain.run import execution

    execution.discard()  # whatever an earlier run has left to be read
    with _reported():
        if not _asked_for("build"):
            return
        event = provider.events().event()
        _isolate(lambda: fetched.for_run(event))
        if not building.start(event):
            print("no run is needed: nothing is built")


@app.command(context_settings={"ignore_unknown_options": True})
def isolate(
    command: Annotated[list[str], typer.Argument(help="The command, such as: dvc repro")],
) -> None:
    """Run a command where it sees no secret of the job, if `start` has found anything to build.

    It writes neither Git's folder nor retrain's own. If it fails, the report says why.
    """
    from retrain.ci import building, isolation

    if not building.started():
        return
    if code := isolation.run(command, building.CLOSED):
        building.failed(" ".join(command))
        program = sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv) + 1]
        subprocess.run([sys.executable, *program, "ci", "report"])  # noqa: S603
        raise typer.Exit(code)


@app.command()
def gate() -> None:
    """Judge what `dvc repro` has built. Fails if a stage has failed, or the model is blocked."""
    from retrain.ci import building, provider
    from retrain.cli import output

    with _reported():
        event = provider.events().event()
        _isolate()
        verdict = building.judge(event)
    if verdict:
        output.verdict(verdict, as_json=False)
    if verdict and verdict.verdict == "block":
        _report()
        if event.lands:
            _say(building.BLOCKED)
        raise typer.Exit(1)


@app.command()
def report() -> None:
    """Write the report, and leave what is to land in candidate/ (the output: its hash)."""
    from retrain.ci import provider, summary

    with summary.refusals():
        if not provider.job().asked_for("build"):
            return
        _isolate()
        _report(must_leave=True)


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
        _say(said)
        provider.job().output(proposal="true" if proposed else "")
    if lacking := doctor.note():
        _say(lacking)


@app.command()
def propose() -> None:
    """Open the request of the proposal that `land` has prepared, if any; close the older one."""
    from retrain.ci import provider, summary
    from retrain.ci.propose import propose

    with summary.refusals():
        _say(propose(provider.events().event()))


@app.command()
def comment(
    folder: Annotated[
        Path, typer.Argument(help="Where the run's report is, or is put; need not exist.")
    ],
) -> None:
    """Post the report of a run below its change, if that still shows what was built."""
    from retrain.ci import summary
    from retrain.ci.comment.review import comment

    with summary.refusals():
        _say(comment(folder))


def _say(text: str) -> None:
    """Print a text, and put it into the job's summary."""
    from retrain.ci import provider

    print(text)
    provider.job().summarize(text)


def _isolate(fetch: "Callable[[], None] | None" = None) -> None:
    """Fetch all that is read, and go on where there is no token; nothing, if that was done."""
    from retrain.ci import isolation

    if not isolation.isolated():
        if fetch:
            fetch()
        isolation.go_on()


@contextmanager
def _reported() -> "Iterator[None]":
    """Write the report of a run that cannot go on: a reviewer reads there why."""
    from retrain.ci import building, summary

    with summary.refusals():
        try:
            yield
        except UserError as error:
            building.note(error)
            with suppress(UserError):  # of the event itself, for example
                _report()
            raise


def _report(must_leave: bool = False) -> None:
    from retrain.ci import building, provider

    event = provider.events().event()
    candidate = building.report(event)
    provider.job().output(candidate=candidate)
    provider.job().report()
    if must_leave and event.lands and not candidate:
        raise UserError("nothing is left to land: the report says why; run all jobs of this again")


def _asked_for(job: str) -> bool:
    """Tell whether the plan has named this job, and say so where it has not."""
    from retrain.ci import provider

    if provider.job().asked_for(job):
        return True
    print(provider.NOT_ASKED.format(job))
    provider.job().report()
    return False
