"""Where a version comes from, how to build it again, and where it was."""

import shlex
from collections.abc import Iterable, Sequence

from retrain.deployment.card.facts import CardFacts
from retrain.deployment.card.words import link, time
from retrain.deployment.facts import OUTSIDE, Deployment
from retrain.paths import MODEL
from retrain.report.render.markdown import (
    CELL,
    bullets,
    clean,
    code,
    cut_rows,
    details,
    paragraphs,
    table,
    text,
)

ROWS, LISTED = 20, 200  # of tables, at most
TAG, VALUE = 100, 300  # characters of a tag, of a parameter


def reproduce(facts: CardFacts) -> str:
    made = facts.lineage
    tag = clean(f"{made.artifact}@{made.version}", TAG)
    commands = [
        f"git checkout {shlex.quote(tag)}",
        "make train FORCE=1",
        f".venv/bin/retrain lineage --model {MODEL}",
    ]
    return paragraphs(
        "## Reproduce it",
        "In a clone of the repository:",
        "\n".join(["```sh", *commands, "```"]),
        "The last command says which version the new model is: the same commit, data and packages "
        "give the same bytes on the same kind of machine.",
    )


def lineage(facts: CardFacts) -> str:
    made, who = facts.lineage, facts.lineage.registered
    code_hashes = ((code(path), code(found)) for path, found in made.code.items())
    pins = ((code(name), code(version)) for name, version in made.dependencies.items())
    parameters = ((code(name), code(value, VALUE)) for name, value in made.parameters.items())
    return paragraphs(
        "## Lineage",
        bullets(
            [
                f"**Commit:** {code(made.commit, 64)} of {time(made.committed)}",
                f"**Built by the code of:** {code(who.builder or made.commit, 64)}",
                *([f"**Run:** {link(who.run)}"] if who.run else []),
                f"**Data:** {code(made.data.version)}",
                f"**Model:** {code(made.model.path)}, MD5 {code(made.model.md5)}",
            ]
        ),
        _folded("Parameters", ["parameter", "value"], parameters),
        _folded("Packages, pinned", ["package", "version"], pins),
        _folded("Code, by MD5", ["file", "MD5"], code_hashes),
    )


def _folded(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    found = [*rows]
    if not found:
        return ""
    return details(f"{title}: {len(found):,}", table(header, cut_rows(found, LISTED, list)))


def deployments(facts: CardFacts) -> str:
    found = facts.lineage.deployments
    title = "## Deployments, when this file was written" if facts.kept else "## Deployments"
    if not found:
        return paragraphs(title, "It was never deployed.")
    header = ["stage", "since", "until", "by", "why"]
    newest_first = cut_rows(found[::-1], ROWS, _deployment)
    return paragraphs(title, table(header, newest_first))


def _deployment(each: Deployment) -> list[str]:
    until = time(each.until) if each.until else "now"
    why = f"rolled back: {each.reason}" if each.rolled_back else each.reason
    outside = "" if each.signed else f" ({OUTSIDE})"
    by = text(each.actor or "unknown", CELL)
    return [text(each.stage), time(each.since), until, by, f"{text(why)}{outside}".strip()]
