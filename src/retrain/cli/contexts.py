"""`--context VALUE` and `retrain judge --contexts`: a model for some of the rows."""

import os
from pathlib import Path
from typing import Annotated

import typer

from retrain.errors import UserError

Context = Annotated[
    str | None,
    typer.Option(
        "--context", metavar="VALUE", help="For this context of policy.yaml alone, beside it."
    ),
]
Contexts = Annotated[
    bool,
    typer.Option("--contexts", help="Which contexts of policy.yaml earn a model of their own?"),
]


def _enter(value: str | None) -> str | None:
    """Work on the line of versions of a context from now on."""
    if value is not None:
        from retrain.contexts import values
        from retrain.repo import line

        os.environ[line.VARIABLE] = values.of_this_folder(value).value
    return value


Line = Annotated[
    str | None,
    typer.Option(
        "--context",
        metavar="VALUE",
        callback=_enter,
        help="Of the own model of this context of policy.yaml.",
    ),
]


def run(value: str, force: bool, as_json: bool) -> None:
    from retrain.contexts import judge, show, values
    from retrain.gate.policy import Policy
    from retrain.paths import POLICY
    from retrain.repo import dvc
    from retrain.settings import read

    policy = read(Path(POLICY), Policy)
    context = values.one(policy, value)
    with dvc.opened() as repo:
        found = judge.judge(repo, context, judge.common(repo, policy), policy, force)
    show.one(found, as_json)


def land(value: str, propose: bool, first: bool, as_json: bool) -> None:
    from retrain.cli import output
    from retrain.contexts import land as lander
    from retrain.repo import dvc

    with dvc.opened() as repo:
        if propose:
            output.proposal(lander.propose(repo, value), as_json)
        else:
            output.landing(lander.land(repo, value, first), as_json, value)


def judge(as_json: bool) -> None:
    from retrain.contexts import judge, show, values
    from retrain.gate.policy import Policy
    from retrain.paths import POLICY
    from retrain.repo import dvc
    from retrain.settings import read

    policy = read(Path(POLICY), Policy)
    contexts = values.every(policy)
    with dvc.opened() as repo:
        found = judge.every(repo, contexts, judge.common(repo, policy), policy)
    show.every(found, as_json)
    if failed := [each.context for each in found if each.earns == "not built"]:
        raise UserError(f"not built, for the reason beside each: {', '.join(failed)}")
