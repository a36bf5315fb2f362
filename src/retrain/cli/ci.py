"""`retrain ci …`: what the jobs of a forge call, one command a job or a step.

To go on behind the wall is to begin again: what takes long to import is imported after it.
"""

import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrain.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

OFF = "deploy.pages of policy.yaml is false"
app = typer.Typer(
    help="What the jobs of a forge call: they read the event that started them.",
    no_args_is_help=True,
)


@app.command()
def plan() -> None:
    """Say what comes next: build, land (which builds first) or none (the output `next`)."""
    from retrain.ci import isolation, job_summary, provider

    with job_summary.refusals():
        event = provider.events().event()
        if not isolation.isolated():
            from retrain.ci import fetch

            fetch.for_plan(event)
        isolation.go_on()
        from retrain.ci.plan_job import decide
        from retrain.report.render.markdown import text

        decision = decide(event)
        print(f"next: {decision.next}; {decision.why}")
        provider.job().output(next=decision.next)
        provider.job().summarize(f"**Next: {decision.next}.** {text(decision.why, 1000)}")
        provider.job().report()


@app.command()
def start() -> None:
    """Fetch what a run reads, and prepare the folder, so that `dvc repro` builds what it must."""
    from retrain.ci import isolation, provider
    from retrain.run import step_notes

    step_notes.discard()
    with _reported():
        if not _planned("build"):
            return
        event = provider.events().event()
        if not isolation.isolated():
            from retrain.ci import fetch

            fetch.for_run(event)
        isolation.go_on()
        from retrain.ci import build_job

        if not build_job.start(event):
            print("no run is needed: nothing is built")


@app.command(context_settings={"ignore_unknown_options": True})
def isolate(
    command: Annotated[list[str], typer.Argument(help="The command, such as: dvc repro")],
) -> None:
    """Run a command where it sees no secret of the job, if `start` has found anything to build.

    It writes neither Git's folder nor retrain's own. If it fails, the report says why.
    """
    from retrain.ci import isolation
    from retrain.run import step_notes

    if not step_notes.started():
        return
    if code := isolation.run(command):
        step_notes.failed(" ".join(command))
        program = sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv) + 1]
        subprocess.run([sys.executable, *program, "ci", "report"])  # noqa: S603
        raise typer.Exit(code)


@app.command()
def gate() -> None:
    """Judge what `dvc repro` has built. Fails if a stage has failed, or the model is blocked."""
    from retrain.ci import isolation, job_summary, provider

    with _reported():
        event = provider.events().event()
        isolation.go_on()
        from retrain.ci import build_job
        from retrain.cli import output

        verdict = build_job.judge(event)
    if verdict:
        output.verdict(verdict, as_json=False)
    if verdict and verdict.verdict == "block":
        _report()
        if event.lands:
            job_summary.say(build_job.BLOCKED)
        raise typer.Exit(1)


@app.command()
def report() -> None:
    """Write the report, and leave what is to land in candidate/ (the output: its hash)."""
    from retrain.ci import isolation, job_summary, provider

    with job_summary.refusals():
        if not provider.job().planned("build"):
            return
        isolation.go_on()
        _report(must_leave=True)


@app.command()
def land(
    folder: Annotated[Path, typer.Argument(help="What `build` has left.")] = Path("candidate"),
) -> None:
    """Land what was built, or prepare a proposal of it (the output `proposal`)."""
    from retrain.ci import job_summary, provider
    from retrain.ci.doctor import doctor
    from retrain.ci.land_job import land

    with job_summary.refusals():
        if not _planned("land"):
            return
        if (done := land(provider.events().event(), folder)) is None:
            print(provider.NOT_PLANNED.format("land"))
            return
        said, proposed = done
        job_summary.say(said)
        provider.job().output(proposal="true" if proposed else "")
    if lacking := doctor.note():
        job_summary.say(lacking)


@app.command()
def review(
    folder: Annotated[
        Path, typer.Argument(help="Where the run's report is, or is put; need not exist.")
    ],
) -> None:
    """Write the comment on a change, if it still shows what was built (the output `number`)."""
    from retrain.ci import job_summary, provider
    from retrain.ci.cml.write_comment import review

    with job_summary.refusals():
        number, said = review(folder)
        job_summary.say(said)
        provider.job().output(number=str(number or ""))


@app.command(context_settings={"ignore_unknown_options": True})
def retry(
    command: Annotated[
        list[str], typer.Argument(help="`cml comment update …` or `cml pr create …`.")
    ],
) -> None:
    """Run a command of CML's, if there is something to post or to open; again where it may help.

    A second try is made where the first has left nothing behind.
    """
    from retrain.ci import job_summary, provider
    from retrain.ci.cml import post_comment

    with job_summary.refusals():
        if command[:3] == [*post_comment.COMMAND]:
            job_summary.say(post_comment.post(command[3:]))
            return
        from retrain.ci.cml import proposal  # what comments has no DVC

        if command[:3] != [*proposal.COMMAND]:
            raise UserError(
                f"`{' '.join(command)[:80]}` cannot be tried again safely; known are: "
                "cml comment update, cml pr create"
            )
        job_summary.say(proposal.create(provider.events().event(), command[3:]))


@app.command()
def close_older() -> None:
    """Close the proposals that the one just opened replaces."""
    from retrain.ci import job_summary, provider
    from retrain.ci.cml import proposal

    with job_summary.refusals():
        job_summary.say(proposal.close_older(provider.events().event()))


@app.command()
def pages(
    folder: Annotated[Path, typer.Argument(help="Where the pages are written.")] = Path("site"),
) -> None:
    """Write the pages of `retrain site`, if policy.yaml says that the forge may publish them.

    The output `publish` says whether it has.
    """
    from retrain.ci import job_summary, provider
    from retrain.deployment import overview
    from retrain.repo import remote
    from retrain.site import write

    with job_summary.refusals():
        known = overview.read(remote.fetch())
        publish = known.policy.deploy.pages
        provider.job().output(publish="true" if publish else "")
        if publish:
            job_summary.say(f"{folder}: {write.write(known, folder)} pages to publish")
        elif provider.name() == "gitlab":  # where a job of this kind must leave pages, or fail
            raise UserError(f"{OFF}; on GitLab, remove the variable RETRAIN_PAGES too")
        else:
            print(f"nothing is published: {OFF}")


@contextmanager
def _reported() -> "Iterator[None]":
    """Write the report of a run that cannot go on: a reviewer reads there why."""
    from retrain.ci import job_summary
    from retrain.run import step_notes

    with job_summary.refusals():
        try:
            yield
        except UserError as error:
            step_notes.note(error)
            with suppress(UserError):  # of the event itself, for example
                _report()
            raise


def _report(must_leave: bool = False) -> None:
    from retrain.ci import build_job, provider

    event = provider.events().event()
    candidate = build_job.report(event)
    provider.job().output(candidate=candidate)
    provider.job().report()
    if must_leave and event.lands and not candidate:
        raise UserError("nothing is left to land: the report says why; run all jobs of this again")


def _planned(job: str) -> bool:
    """Tell whether the plan has named this job, and say so where it has not."""
    from retrain.ci import provider

    if provider.job().planned(job):
        return True
    print(provider.NOT_PLANNED.format(job))
    provider.job().report()
    return False
