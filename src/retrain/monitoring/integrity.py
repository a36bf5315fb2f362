"""What is wrong in any season: categories, constants, missing values, ranges, units."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from retrain.gate.policy import Integrity
from retrain.metrics.samples import Sample, floats, tables
from retrain.monitoring.relation import Relation
from retrain.monitoring.schema import Alarm

MARGIN = 0.25  # of the range of training: how far outside is far
USUAL = 0.5  # a value that fills so much of training is not remarkable
SHOWN = 3  # new categories


def alarms(
    paths: Sequence[Path], sample: Sample, relation: Relation, limits: Integrity
) -> Iterator[Alarm]:
    """Yield what some rows, in the files `paths`, have that training had not."""
    learned = relation.learned
    for name in learned.names.all:
        before, now = learned.missing(name) / learned.rows, sample.missing(name) / sample.rows
        if now - before > limits.missing:
            yield _alarm(name, "missing", f"{now:.1%} of rows are empty, {before:.1%} in training")
    for name in learned.names.categorical:
        yield from _categories(name, sample, learned, limits)
    for name in learned.names.numeric:
        yield from _constant(name, paths, sample, learned, limits)
        yield from _outside(name, paths, sample, learned, limits)
    for wrong in relation.unexplained(sample, limits.unexplained):
        for name, apart in wrong.items():
            yield _unexplained(name, apart, wrong, learned)


def _unexplained(name: str, apart: float, wrong: Iterable[str], learned: Sample) -> Alarm:
    by = f"{abs(apart) * learned.numbers[name].deviation:.4g}"
    side = "more" if apart > 0 else "less"
    what = f"on average {by} {side} than the other features say; its unit may have changed"
    others = ", ".join(each for each in wrong if each != name)
    return _alarm(name, "unexplained", what + (f", or that of {others}" if others else ""))


def _categories(name: str, sample: Sample, learned: Sample, limits: Integrity) -> Iterator[Alarm]:
    seen, known = sample.words[name], learned.words[name]
    new = {value: rows for value, rows in seen.most_common() if value not in known}
    if (share := sum(new.values()) / sample.rows) > limits.new:
        few = ", ".join(repr(value[:40]) for value in list(new)[:SHOWN])
        more = f" and {len(new) - SHOWN} more" if len(new) > SHOWN else ""
        yield _alarm(name, "new", f"{share:.2%} of rows have {few}{more}, not seen in training")
    for value, rows in known.most_common():
        if (share := rows / learned.rows) < limits.vanished:
            break
        if value not in seen:
            yield _alarm(
                name, "vanished", f"{value[:40]!r} is gone, {share:.1%} of training's rows"
            )
    if seen:
        value, rows = seen.most_common(1)[0]
        usual = known[value] / max(known.total(), 1)
        if rows / seen.total() > limits.constant and usual < USUAL:
            yield _constant_alarm(name, rows / seen.total(), repr(value[:40]), usual)


def _constant(
    name: str, paths: Sequence[Path], sample: Sample, learned: Sample, limits: Integrity
) -> Iterator[Alarm]:
    found = sample.numbers[name]
    # one value fills a bin, and only then are the values themselves looked at
    if not found.known or found.counts.max() / found.known <= limits.constant:
        return
    modes: Counter[float] = Counter()  # of all files, the first of which may be from before
    for each in (pc.mode(table[name]) for table in tables(paths, [name])):
        modes.update({mode["mode"]: mode["count"] for mode in each.to_pylist()})
    value = modes.most_common(1)[0][0]
    rows = sum(int((floats(table, name) == value).sum()) for table in tables(paths, [name]))
    its = learned.numbers[name]
    usual = its.counts[np.searchsorted(its.bins, value, side="right")] / max(its.known, 1)
    if rows / found.known > limits.constant and usual < USUAL:
        yield _constant_alarm(name, rows / found.known, f"{value:.6g}", usual)


def _outside(
    name: str, paths: Sequence[Path], sample: Sample, learned: Sample, limits: Integrity
) -> Iterator[Alarm]:
    found, its = sample.numbers[name], learned.numbers[name]
    if not found.known or not its.known:
        return
    margin = MARGIN * (its.high - its.low)
    low, high = its.low - margin, its.high + margin
    if low <= found.low and found.high <= high:
        return
    values = (floats(table, name) for table in tables(paths, [name]))
    share = sum(int(((each < low) | (each > high)).sum()) for each in values) / sample.rows
    if share > limits.outside:
        what = f"{share:.1%} of rows are far outside {its.low:.6g} to {its.high:.6g}"
        yield _alarm(name, "outside", what)


def _constant_alarm(name: str, share: float, value: str, usual: float) -> Alarm:
    return _alarm(name, "constant", f"{share:.1%} of rows are {value}, {usual:.1%} in training")


def _alarm(name: str, check: str, what: str) -> Alarm:
    return Alarm(kind="integrity", feature=name, check=check, what=f"{name}: {what}")
