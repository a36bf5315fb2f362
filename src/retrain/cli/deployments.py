"""`retrain deploy`, `rollback`, `promote`, `registry`, …: versions, and where they are."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrain.cli.contexts import Line
from retrain.cli.local import AsJson
from retrain.errors import UserError

if TYPE_CHECKING:
    from retrain.deployment.overview import Registry
    from retrain.landing.provenance import Provenance

log = logging.getLogger(__name__)

app = typer.Typer()
Reason = Annotated[str, typer.Option("--reason", help="Why, in words: it is kept in the tag.")]
Stage = Annotated[str, typer.Argument(metavar="STAGE", help="Such as production.")]


def _who(reason: str) -> "Provenance":
    """Return the person at this terminal, who reads what is kept of the reason."""
    from retrain.landing.provenance import Provenance
    from retrain.repo import record

    kept = record.cleaned(reason)
    if kept and kept != " ".join(reason.split()):
        log.info(f"the reason is kept as: {kept}")
    return Provenance(reason=reason)


def _known(command: str) -> "Registry":
    from retrain.deployment import overview

    known, notes = overview.known()
    for note in notes:
        log.info(f"{command}: {note}")
    return known


@app.command()
def deploy(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Such as v1.2.0, or: newest")],
    stage: Stage,
    reason: Reason,
    _line: Line = None,
    as_json: AsJson = False,
) -> None:
    """Put a version on a stage, after its bytes and its metrics are checked again."""
    from retrain.cli import show_deployments
    from retrain.deployment import deploy as deployer
    from retrain.repo import dvc

    with dvc.opened() as repo:
        done = deployer.deploy(repo, version, stage, _who(reason))
    show_deployments.deployed(done, as_json)


@app.command()
def rollback(stage: Stage, reason: Reason, _line: Line = None, as_json: AsJson = False) -> None:
    """Put the version on a stage that was there before. Twice: the one before that."""
    from retrain.cli import show_deployments
    from retrain.deployment import deploy as deployer
    from retrain.repo import dvc

    with dvc.opened() as repo:
        done = deployer.rollback(repo, stage, _who(reason))
    show_deployments.deployed(done, as_json)


@app.command()
def promote(
    reason: Reason,
    commit: Annotated[
        str | None, typer.Argument(metavar="COMMIT", help="A landing; else the newest one.")
    ] = None,
    _line: Line = None,
) -> None:
    """Register what has landed as a version, though the verdict was keep."""
    from retrain.deployment import promote as promoter
    from retrain.repo import dvc

    with dvc.opened() as repo:
        version = promoter.promote(repo, commit, _who(reason))
    print(f"registered {version.tag} ({version.commit[:7]})")


@app.command()
def registry(_line: Line = None, as_json: AsJson = False) -> None:
    """List the versions: where each is, its verdict, its metrics, its age."""
    from retrain.cli import show_deployments
    from retrain.deployment import overview

    known, notes = overview.known()
    show_deployments.registry(known, notes, as_json)


@app.command()
def card(
    version: Annotated[
        str | None, typer.Argument(metavar="VERSION", help="Such as v1.2.0; else the newest one.")
    ] = None,
    _line: Line = None,
) -> None:
    """Print the model card of a version, as Markdown."""
    from retrain.deployment import card as cards

    known = _known("card")
    print(cards.card(known, known.version(version)), end="")


@app.command()
def bundle(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Such as v1.2.0, or: newest")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Which is made.")],
    _line: Line = None,
) -> None:
    """Write a version as one folder: model, card, lineage, metrics, packages, checksums."""
    from retrain.deployment import bundle as bundles
    from retrain.repo import dvc

    known = _known("bundle")
    found = known.version(version)
    with dvc.opened() as repo:
        bundles.write(repo, known, found, folder, closed=True)
    print(f"{folder}: {found.tag}. {bundles.signed(folder)}")


@app.command()
def lineage(
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="STAGE", help="What is there, or was.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="Then: 2026-11-01T12:00, of UTC unless it says."),
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="VERSION", help="What that is made of.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option("--model", metavar="FILE", help="Which version a file is.")
    ] = None,
    diff: Annotated[
        tuple[str, str] | None,
        typer.Option("--diff", metavar="V1 V2", help="What differs between two versions."),
    ] = None,
    _line: Line = None,
    as_json: AsJson = False,
) -> None:
    """Say what was in production at an instant: who put it there, and what it is made of."""
    from retrain.cli import show_deployments
    from retrain.deployment import lineage as lineages

    if sum(each is not None for each in (stage, version, model, diff)) != 1:
        raise UserError("name one of --stage STAGE, --version VERSION, --model FILE, --diff V1 V2")
    if at is not None and stage is None:
        raise UserError("--at needs --stage: what was on which stage?")
    when = None if at is None else lineages.instant(at)
    known = _known("lineage")
    if diff:
        before, after = (lineages.of(known, known.version(name)) for name in diff)
        show_deployments.differences(before, after, as_json)
        return
    if stage is not None:
        there = known.deployed(stage, when)
        if not as_json:
            show_deployments.there(there, known.signed(there), when)
        found = there.version
    elif model is not None:
        found = lineages.of_file(known, model)
    else:
        found = known.version(version)
    show_deployments.lineage(lineages.of(known, found), as_json)


@app.command()
def site(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where the pages are written.")
    ] = Path("site"),
    _line: Line = None,
) -> None:
    """Write the history as pages: what is in production, every version, what was where."""
    from retrain.site import write

    known = _known("site")
    print(f"{folder / 'index.html'}: written, and {write.write(known, folder) - 1} pages beside it")
