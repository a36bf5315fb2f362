"""`retrain run --context VALUE` and `retrain judge --contexts`: a model for some of the rows."""

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
        raise UserError(f"not built, as said above: {', '.join(failed)}")
