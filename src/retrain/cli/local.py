"""`retrain …` for people: thin, one function a command; packages are imported where used."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from retrain.cli import contexts
from retrain.errors import UserError
from retrain.paths import POLICY, REPORT

log = logging.getLogger(__name__)

FIRST = "the first `make land` builds everything, and registers its model"
app = typer.Typer(
    help="Builds a machine-learning model from versioned code, data and parameters.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for a program.")]
BaseRef = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="REF",
        help="Compare with where this commit left REF; else the remote's default branch.",
    ),
]
Champion = Annotated[
    str | None,
    typer.Option(
        "--champion",
        metavar="VERSION",
        help="Judge against this version, or as before the first one: none. Else the newest.",
    ),
]


@app.command()
def run(
    force: Annotated[
        bool, typer.Option("--force", help="Run every stage, changed or not.")
    ] = False,
    ref: Annotated[
        str | None,
        typer.Option("--base", metavar="REF", help="Start from where this commit left REF."),
    ] = None,
    context: contexts.Context = None,
    as_json: AsJson = False,
) -> None:
    """Run the pipeline: what changed since the last run, or everything if there is no model."""
    if context is not None:
        contexts.run(context, force, as_json)
        return
    from retrain.cli import output
    from retrain.repo import base, dvc, record
    from retrain.run import execution as runner

    with dvc.opened() as repo:
        result = runner.run(repo, force, base.resolve(ref) if ref else None)
        landed = record.begun()
    output.run(result, as_json)
    if not landed and not as_json:
        print(f"Landed   nothing yet: {FIRST}")
    _warn_of_policy()


def _warn_of_policy() -> None:
    """Say what is wrong with policy.yaml, which a run does without and a judgement does not."""
    from retrain.gate.policy import Policy, check
    from retrain.run.problem import problem
    from retrain.settings import read

    try:
        check(read(Path(POLICY), Policy), problem())
    except UserError as error:
        log.warning(f"before `make judge`: {error}")


@app.command()
def ingest(
    through: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The last one to add, such as 2013-07; else the next ones."
        ),
    ] = None,
    again: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Take one of data/ as the source has it now."),
    ] = None,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="Do not hold them to the contract; a run does.")
    ] = False,
) -> None:
    """Add new partitions from the source to data/, and their version to data.dvc.

    One that breaks the contract stays in quarantine/ (exit code 1), and data/ as it was.
    """
    from retrain.cli import output
    from retrain.repo import dvc, snapshot
    from retrain.run import ingest as ingestion

    with dvc.opened() as repo:
        try:
            news = ingestion.ingest(repo, through or None, again or None, check=not unchecked)
        except ingestion.StoppedError as stopped:
            raise typer.Exit(stopped.code) from None
        output.news(news, sorted(snapshot.partitions(repo)))


@app.command()
def new(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="CSV or Parquet: a file, a folder")],
    target: Annotated[str, typer.Option(metavar="COLUMN", help="What is predicted.")],
    time: Annotated[
        str, typer.Option(metavar="COLUMN", help="Split by this time; else by a hash of the key.")
    ] = "",
    name: Annotated[str, typer.Option(metavar="NAME", help="Of the model; else the file's.")] = "",
    task: Annotated[
        str | None,
        typer.Option(metavar="TASK", help="binary, multiclass, regression; else guessed."),
    ] = None,
    time_format: Annotated[
        str, typer.Option(metavar="FORMAT", help="Of the time, such as '%d.%m.%Y'; else guessed.")
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Also where the demo is not there any more.")
    ] = False,
    with_tests: Annotated[
        bool, typer.Option("--with-tests", help="Keep the machine's own tests and tools.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a project of this copy of the template, in place of the demo, from a table."""
    from retrain.new import place, show
    from retrain.new.new import Asked, new
    from retrain.repo import dvc

    with dvc.opened():
        unfinished = place.unfinished()
        if not unfinished:
            asked = Asked(data, target, time, name, task or None, time_format, force, with_tests)
            new(asked)
        summary = place.finish()
    with dvc.opened() as repo:  # another one: its stages are others now
        repo.add("data")
    place.clear()
    show.show(summary, as_json, unfinished)


@app.command()
def plan(ref: BaseRef = None, as_json: AsJson = False) -> None:
    """Say whether a run is needed, compared with what, and why. Fetches no data."""
    from retrain.cli import output
    from retrain.registry import versions
    from retrain.repo import base, dvc, record, remote
    from retrain.run import plan as planner
    from retrain.run.problem import artifact

    with dvc.opened() as repo:
        found = planner.plan(repo, base.resolve(ref))
        for problem in versions.read(artifact(), remote.remembered()).problems:
            log.info(f"plan: {problem}")
        if not record.begun():
            log.info(f"plan: nothing has landed yet: {FIRST}")
    output.plan(found, as_json)


@app.command()
def gate(ref: BaseRef = None, version: Champion = None, as_json: AsJson = False) -> None:
    """Judge the model: promote, keep or block. Fails only if it is blocked."""
    from retrain.cli import output
    from retrain.gate import gate as judge
    from retrain.gate.policy import judging
    from retrain.registry import versions
    from retrain.repo import base, dvc, remote
    from retrain.run.problem import artifact

    with dvc.opened() as repo:
        commit = base.resolve(ref).commit
        policy, _ = judging(commit)
        tip, problem = remote.known()
        known = versions.read(artifact(), tip)
        for each in filter(None, [problem, *known.problems]):
            log.info(f"gate: {each}")
        champion = versions.champion(known.registered, version)
        verdict = judge.gate(repo, commit, champion, policy)
    output.verdict(verdict, as_json)
    if verdict.verdict == "block":
        raise typer.Exit(1)


@app.command()
def report(
    ref: BaseRef = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Render these facts, which need no trust."),
    ] = None,
) -> None:
    """Write report.md, for the reviewer of a run, and report.json, its facts."""
    from retrain.report import publish

    if source:
        publish.write(publish.read(source))
    else:
        from retrain.gate.policy import judging
        from retrain.repo import base, dvc
        from retrain.report import collect
        from retrain.run import plan as planner

        with dvc.opened() as repo:
            found = base.resolve(ref)
            policy, notes = judging(found.commit)
            planned = planner.plan(repo, found)
            publish.write(collect.collect(repo, found, planned, policy, notes))
    print(f"{REPORT}: written")


@app.command()
def judge(
    ref: BaseRef = None,
    version: Champion = None,
    each: contexts.Contexts = False,
    as_json: AsJson = False,
) -> None:
    """Run from the base's results, gate and report in one go. Fails if it failed or is blocked."""
    if each:
        contexts.judge(as_json)
        return
    from retrain.cli import output
    from retrain.repo import base, dvc
    from retrain.report import judgement

    with dvc.opened() as repo:
        verdict = judgement.settle(repo, base.resolve(ref), version=version).run()
    output.verdict(verdict, as_json)
    if not as_json:
        print(f"the report: {REPORT}")
    if verdict and verdict.verdict == "block":
        raise typer.Exit(1)


@app.command()
def plots(ref: BaseRef = None) -> None:
    """Draw the curves of dvc.yaml's plots as pictures, beside those of the base."""
    from retrain.repo import base, dvc
    from retrain.report.plots import draw

    with dvc.opened():
        for picture in draw(base.resolve(ref).commit):
            print(picture)


@app.command()
def land(
    propose: Annotated[
        bool, typer.Option("--propose", help="Push it to a branch, for a pull or merge request.")
    ] = False,
    first: Annotated[
        bool,
        typer.Option("--first", help="Believe no landing before this one, and build everything."),
    ] = False,
    context: contexts.Context = None,
    as_json: AsJson = False,
) -> None:
    """Build, judge and push to the remote's default branch; register what is promoted.

    Exit code 3: the remote protects its branch, so propose it instead.
    """
    if context is not None:
        contexts.land(context, propose, first, as_json)
        return
    from retrain.cli import output
    from retrain.landing import land as lander
    from retrain.repo import dvc

    with dvc.opened() as repo:
        if propose:
            output.proposal(lander.propose(repo), as_json)
        else:
            output.landing(lander.land(repo, first=first), as_json)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what of the set-up at GitHub or GitLab is missing, and how to add it; changes nothing.

    Asks with the token in RETRAIN_TOKEN, if there is one. Exit code 1: something is missing.
    """
    from retrain.ci.doctor import doctor

    found = doctor.examine()
    doctor.show(found, as_json)
    if found.missing:
        raise typer.Exit(1)
