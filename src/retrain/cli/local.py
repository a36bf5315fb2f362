"""The commands of this room: thin, one function a command; packages are imported where used."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from retrain.paths import REPORT

log = logging.getLogger(__name__)

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


def plan(ref: BaseRef = None, as_json: AsJson = False) -> None:
    """Say whether a run is needed, compared with what, and why. Fetches no data."""
    from retrain.cli import output
    from retrain.registry import versions
    from retrain.repo import base, dvc, remote
    from retrain.report import collect
    from retrain.run import plan as planner

    with dvc.opened() as repo:
        found = planner.plan(repo, base.resolve(ref))
        for problem in versions.read(collect.artifact(repo), remote.remembered()).problems:
            log.info(f"plan: {problem}")
    output.plan(found, as_json)


def gate(ref: BaseRef = None, version: Champion = None, as_json: AsJson = False) -> None:
    """Judge the model: promote, keep or block. Fails only if it is blocked."""
    from retrain.cli import output
    from retrain.gate import gate as judge
    from retrain.gate.policy import judging
    from retrain.registry import versions
    from retrain.repo import base, dvc, remote
    from retrain.report import collect

    with dvc.opened() as repo:
        commit = base.resolve(ref).commit
        policy, _ = judging(commit)
        tip, problem = remote.known()
        known = versions.read(collect.artifact(repo), tip)
        for each in filter(None, [problem, *known.problems]):
            log.info(f"gate: {each}")
        champion = versions.champion(known.registered, version)
        verdict = judge.gate(repo, commit, champion, policy)
    output.verdict(verdict, as_json)
    if verdict.verdict == "block":
        raise typer.Exit(1)


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


def judge(ref: BaseRef = None, version: Champion = None, as_json: AsJson = False) -> None:
    """Run from the base's results, gate and report in one go. Fails if it failed or is blocked."""
    from retrain.cli import output
    from retrain.repo import base, dvc
    from retrain.report import judged

    with dvc.opened() as repo:
        judged.discard()
        verdict = judged.settle(repo, base.resolve(ref), version=version).run(repo)
    output.verdict(verdict, as_json)
    if verdict and verdict.verdict == "block":
        raise typer.Exit(1)


def land(
    propose: Annotated[
        bool,
        typer.Option("--propose", help="Push it to a branch, for a pull or merge request."),
    ] = False,
    first: Annotated[
        bool,
        typer.Option("--first", help="Believe no landing before this one, and build everything."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Build, judge and push to the remote's default branch; register what is promoted.

    Exit code 3: the remote protects its branch, so propose it instead.
    """
    from retrain.cli import output
    from retrain.landing import land as lander
    from retrain.repo import dvc

    with dvc.opened() as repo:
        if propose:
            output.proposal(lander.propose(repo), as_json)
        else:
            output.landing(lander.land(repo, first=first), as_json)
