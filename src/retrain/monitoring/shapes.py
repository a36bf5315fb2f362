"""What moves with the seasons: how far each feature's distribution is, whatever that means.

It is an alarm only against the same days of a season before: a July is far from any spring.
"""

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

from retrain.data import partitions
from retrain.metrics.distributions import ks
from retrain.metrics.samples import Sample, psi
from retrain.monitoring.schema import Alarm, Feature

Days = tuple[datetime.date, datetime.date]  # the first, and the first after


def features(sample: Sample, learned: Sample) -> Iterator[Feature]:
    for name in learned.names.all:
        yield Feature(
            name=name,
            psi=psi(name, sample, learned),
            ks=_ks(name, sample, learned),
            missing=round(sample.missing(name) / max(sample.rows, 1), 4),
            learned_missing=round(learned.missing(name) / max(learned.rows, 1), 4),
        )


def alarms(found: Sequence[Feature], limit: float, before: str) -> Iterator[Alarm]:
    for each in found:
        if each.psi is not None and each.psi > limit:
            what = f"{each.name}: its distribution is another than {before} (PSI {each.psi:.2f})"
            yield Alarm(kind="inputs", feature=each.name, check="psi", what=what)


def days(names: Sequence[str]) -> Days | None:
    """Return from when to when some partitions are, by their names; None if these do not say."""
    if not names or not all(map(partitions.has_time, names)):
        return None
    spans = [partitions.span(name) for name in names]
    return min(first for first, _ in spans), max(end for _, end in spans)


def a_season_before(paths: Sequence[Path], of: Days | None, season: int) -> list[Path]:
    """Return the files of the same days a season before; none unless these are all there."""
    own = days([path.stem for path in paths])
    if of is None or own is None:
        return []
    first, end = (day - datetime.timedelta(days=season) for day in of)
    if own[0] > first or own[1] < end:
        return []
    spans = {path: partitions.span(path.stem) for path in paths}
    return [path for path, (start, stop) in spans.items() if start < end and first < stop]


def _ks(name: str, sample: Sample, learned: Sample) -> float | None:
    if name not in learned.numbers:
        return None
    found = ks(learned.numbers[name].counts, sample.numbers[name].counts)
    return None if found is None else round(found, 4)
