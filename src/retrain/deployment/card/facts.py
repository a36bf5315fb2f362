"""All that the model card says of a version, read from the version's own commit."""

import csv
from bisect import bisect_left
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from retrain.deployment import lineage as lineages
from retrain.deployment.facts import Lineage
from retrain.deployment.overview import Registry
from retrain.errors import UserError
from retrain.gate.schema import Verdict, read_verdict
from retrain.metrics.table import Task
from retrain.paths import CARD, CURVES, PIPELINE, POLICY
from retrain.registry.versions import Version
from retrain.repo.git import show
from retrain.report.render.charts import CHARTS, MOST_POINTS, Points
from retrain.run import outputs
from retrain.run.outputs import Slice
from retrain.run.problem import content
from retrain.settings import flat

Line = list[tuple[float, float]]
FLOOR = "gate.metrics.{}.floor"


@dataclass(frozen=True)
class CardFacts:
    lineage: Lineage
    verdict: Verdict
    about: str = ""  # what dvc.yaml says of the model
    text: str = ""  # what people have written of it: Markdown
    policy: Mapping[str, str] = field(default_factory=dict)  # flat
    metrics: Mapping[str, float | None] = field(default_factory=dict)  # also those not judged
    slices: list[Slice] = field(default_factory=list)
    curves: Mapping[str, Points] = field(default_factory=dict)  # the other is the reference
    before: Lineage | None = None  # the version before
    kept: bool = False  # in a file that is not made again, and so says nothing of today


def of(known: Registry, version: Version) -> CardFacts:
    commit, found = version.commit, lineages.of(known, version)
    verdict, results = read_verdict(commit), outputs.metrics(commit)
    assert verdict  # or there is no lineage
    assert results
    artifacts = content(PIPELINE, commit).get("artifacts")
    return CardFacts(
        lineage=found,
        verdict=verdict,
        about=flat(artifacts).get(f"{found.artifact}.desc", ""),
        text=written(show(commit, CARD) or ""),
        policy=flat(content(POLICY, commit)),
        metrics=verdict.metrics | results.model,
        slices=outputs.slices(commit),
        curves=_curves(commit, found.task),
        before=_before(known, version),
    )


def written(text: str) -> str:
    """Return a document from its first section on: what stands before is for its writers."""
    start = f"\n{text}".find("\n## ")
    return text[start:].strip() if start >= 0 else ""


def _before(known: Registry, version: Version) -> Lineage | None:
    """Return the version before; None too where its commit lacks what makes one."""
    earlier = [each for each in known.versions.registered if each < version]
    with suppress(UserError):
        return lineages.of(known, earlier[-1]) if earlier else None
    return None


def _curves(commit: str, task: Task) -> dict[str, Points]:
    found = {}
    for name in CHARTS[task]:
        model, reference = (
            _line(show(commit, f"{CURVES}/{each}.csv")) for each in (name, f"{name}_reference")
        )
        if points := on_grid(model, reference):
            found[name] = points
    return found


def _line(text: str | None) -> Line:
    """Return the first two columns of a curve's file; nothing where they are no numbers."""
    try:
        return [
            (float(row[0]), float(row[1]))
            for row in list(csv.reader((text or "").split("\n")))[1:]
            if row
        ]
    except (ValueError, IndexError):
        return []


def on_grid(this: Line, other: Line) -> Points:
    """Return a curve at evenly spaced x, and another one there, if it reaches as far."""
    if not this:
        return []
    low, high = this[0][0], this[-1][0]
    reaches = bool(other) and other[0][0] <= low and high <= other[-1][0]
    step = (high - low) / (MOST_POINTS - 1)
    grid = (low + number * step for number in range(MOST_POINTS))
    return [(x, _at(this, x), _at(other, x) if reaches else None) for x in grid]


def _at(line: Line, x: float) -> float:
    """Return the y of a curve at an x, on the straight between its points."""
    place = bisect_left(line, x, key=lambda point: point[0])
    if place in (0, len(line)):
        return line[min(place, len(line) - 1)][1]
    (left, low), (right, high) = line[place - 1 : place + 1]
    return low + (high - low) * (x - left) / (right - left)
